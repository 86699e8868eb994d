import FoundationEssentials
import Kernel
import PostgresClient
import Resources
import TestSupport
import Testing

@testable import Accounts

@Suite struct AuthenticationTests {
    @Test("what is no token of ours is refused in one way")
    func refused() async throws {
        try await Installation.with { installation in
            let token = try #require(try await installation.accounts.setUp()).reveal()
            let attempts = [
                "", "sy_", String(token.dropLast()), token + "0", token.uppercased(), token + "\n",
                "sy_" + String(repeating: "0", count: 64),
                "sy_" + String(repeating: "\u{0}", count: 64), "' or 1=1 --", String(repeating: "sy_", count: 3_000_000),
                "\u{1F600}" + token,
            ]
            for attempt in attempts {
                let error = await #expect(throws: SwitchyardError.self) { try await installation.accounts.authenticate(attempt) }
                #expect(error?.code == "TOKEN_INVALID" && error?.kind == .unauthenticated)
            }
        }
    }

    @Test("a verified token is trusted from memory, and noted as used")
    func cached() async throws {
        try await Installation.with { installation in
            let token = try #require(try await installation.accounts.setUp())
            let (access, identity) = try await installation.owner(token)
            #expect(try await installation.accounts.tokens(access).first?.lastUsedAt != nil)
            // Behind the service's back, so that only its memory can know the token.
            try await installation.client.query("delete from switchyard.tokens")
            #expect(try await installation.accounts.authenticate(token.reveal()).identity == identity)
        }
    }

    @Test("a revoked token ends at once here, and elsewhere as soon as that hears of it")
    func revoked() async throws {
        try await Installation.with { installation in
            let token = try #require(try await installation.accounts.setUp())
            let (access, identity) = try await installation.owner(token)
            let issued = try await installation.accounts.issueToken(access, for: identity.user.id, name: "laptop")
            let elsewhere = Installation(client: installation.client)
            try await withThrowingTaskGroup { group in
                group.addTask { await elsewhere.wakeups.run() }
                group.addTask { await elsewhere.accounts.followRevocations() }
                _ = try await elsewhere.accounts.authenticate(issued.token.reveal())
                try await installation.accounts.revokeToken(access, issued.id)
                #expect(try await refusal { try await installation.accounts.authenticate(issued.token.reveal()) } == "TOKEN_INVALID")
                let deadline = ContinuousClock.now + .seconds(20)
                while try await refusal({ try await elsewhere.accounts.authenticate(issued.token.reveal()) }) == nil, .now < deadline {
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(try await refusal { try await elsewhere.accounts.authenticate(issued.token.reveal()) } == "TOKEN_INVALID")
                group.cancelAll()
            }
            try await installation.accounts.revokeToken(access, issued.id)
            let events = try await installation.client.query("select 1 from switchyard.events where type = 'token.revoked'")
            #expect(events.count == 1)
        }
    }

    @Test("without word of a revocation, a token is trusted for the cache's time only")
    func timeToLive() async throws {
        try await Installation.with(cacheTime: .zero) { installation in
            let token = try #require(try await installation.accounts.setUp())
            _ = try await installation.owner(token)
            try await installation.client.query("update switchyard.tokens set revoked_at = now()")
            #expect(try await refusal { try await installation.accounts.authenticate(token.reveal()) } == "TOKEN_INVALID")
        }
    }

    @Test("an expired token is refused, also when it was verified before")
    func expired() async throws {
        try await Installation.with { installation in
            let token = try #require(try await installation.accounts.setUp())
            let (access, identity) = try await installation.owner(token)
            let past = try await installation.accounts.issueToken(
                access, for: identity.user.id, name: "past", expiresAt: Date(timeIntervalSinceNow: -1))
            #expect(try await refusal { try await installation.accounts.authenticate(past.token.reveal()) } == "TOKEN_INVALID")
            let later = try await installation.accounts.issueToken(
                access, for: identity.user.id, name: "later", expiresAt: Date(timeIntervalSinceNow: 3600))
            #expect(try await refusal { try await installation.accounts.authenticate(later.token.reveal()) } == nil)
        }
    }

    @Test("a token's role is the member's, and decides what it may do")
    func role() async throws {
        try await Installation.with { installation in
            let token = try #require(try await installation.accounts.setUp())
            let (access, _) = try await installation.owner(token)
            let viewer = User.ID.new()
            try await installation.client.query("insert into switchyard.users (id, name) values (\(viewer.uuid), 'viewer')")
            try await installation.client.query(
                """
                insert into switchyard.members (workspace_id, user_id, role)
                values (\(access.workspace.uuid), \(viewer.uuid), 'VIEWER')
                """)
            let issued = try await installation.accounts.issueToken(access, for: viewer, name: "viewer")
            let caller = try await installation.accounts.authenticate(issued.token.reveal()).caller
            #expect(throws: SwitchyardError.self) { try caller.access(to: access.workspace, .workspaceWrite) }
            #expect(throws: SwitchyardError.self) { try caller.access(to: .new(), .projectRead) }
            let reader = try caller.access(to: access.workspace, .workspaceRead)
            #expect(try await refusal { try await installation.accounts.issueToken(reader, for: viewer, name: "x") } == "PERMISSION_DENIED")
            #expect(try await refusal { try await installation.accounts.revokeToken(reader, issued.id) } == "PERMISSION_DENIED")
        }
    }

    @Test("another workspace's tokens and members do not exist")
    func strangers() async throws {
        try await Installation.with { installation in
            let token = try #require(try await installation.accounts.setUp())
            let (access, identity) = try await installation.owner(token)
            let issued = try await installation.accounts.issueToken(access, for: identity.user.id, name: "ci")
            let foreign = Workspace.ID.new()
            try await Migrator(client: installation.client, modules: [AccountService.schema]).createTenant(foreign)
            let stranger = try Caller(user: .new(), roles: [foreign: .owner]).access(to: foreign, .workspaceWrite)
            #expect(try await installation.accounts.tokens(stranger).isEmpty)
            #expect(try await refusal { try await installation.accounts.revokeToken(stranger, issued.id) } == "TOKEN_NOT_FOUND")
            #expect(
                try await refusal { try await installation.accounts.issueToken(stranger, for: identity.user.id, name: "x") }
                    == "MEMBER_NOT_FOUND")
            for table in ["users", "members", "workspaces", "tokens"] {
                let rows = try? await Database(client: installation.client).query(
                    stranger, "select 1 from switchyard.\(identifier: table)")
                #expect(rows?.isEmpty ?? true)
            }
        }
    }

    @Test("a token's name is short visible text", arguments: ["", " ", "a\nb", "a\u{0}b", "\u{202E}", String(repeating: "a", count: 101)])
    func names(name: String) async throws {
        try await Installation.with { installation in
            let token = try #require(try await installation.accounts.setUp())
            let (access, identity) = try await installation.owner(token)
            #expect(
                try await refusal { try await installation.accounts.issueToken(access, for: identity.user.id, name: name) }
                    == "NAME_INVALID")
        }
    }
}
