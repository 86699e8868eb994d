import Kernel
import PostgresClient
import Resources
import TestSupport

@testable import Accounts

/// A new installation in a database of its own.
struct Installation: Sendable {
    let client: PostgresClient
    let wakeups: Wakeups
    let accounts: AccountService

    static func with(cacheTime: Duration = .seconds(60), _ body: @Sendable (Installation) async throws -> Void) async throws {
        try await TestPostgres.withClient { client in
            let installation = Installation(client: client, cacheTime: cacheTime)
            try await Migrator(client: client, modules: [AccountService.schema]).migrate()
            try await body(installation)
        }
    }

    init(client: PostgresClient, cacheTime: Duration = .seconds(60)) {
        self.client = client
        wakeups = Wakeups(client: client, channels: [AccountService.revocationChannel])
        accounts = AccountService(
            database: Database(client: client), migrator: Migrator(client: client, modules: [AccountService.schema]), wakeups: wakeups,
            cacheTime: cacheTime)
    }

    func owner(_ token: SecretText) async throws -> (access: Access, identity: Identity) {
        let authenticated = try await accounts.authenticate(token.reveal())
        return (try authenticated.caller.access(to: authenticated.identity.workspace.id, .workspaceWrite), authenticated.identity)
    }
}

/// The code that something is refused with; nil when it isn't.
func refusal(_ body: () async throws -> some Any) async throws -> String? {
    do {
        _ = try await body()
        return nil
    } catch let error as SwitchyardError {
        return error.code
    }
}
