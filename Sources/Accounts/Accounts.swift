// Accounts owns who people are: users, workspaces, members, and the tokens that speak for them. It makes the one owner of a
// new installation. It must not know what a workspace holds.

public import Kernel

/// Knows callers by their tokens, and makes and revokes tokens.
public struct AccountService: Sendable {
    let database: Database
    let migrator: Migrator
    let wakeups: Wakeups
    let cache: TokenCache

    /// The channel on which revocations are announced; it must be among those of the ``Wakeups``.
    public static let revocationChannel = "switchyard_tokens"

    /// - Parameter cacheTime: How long a verified token is trusted without another look, if no revocation is heard of.
    public init(database: Database, migrator: Migrator, wakeups: Wakeups, cacheTime: Duration = .seconds(30)) {
        self.database = database
        self.migrator = migrator
        self.wakeups = wakeups
        cache = TokenCache(capacity: 10_000, timeToLive: cacheTime)
    }

    /// Forgets verified tokens whenever one was revoked anywhere, until cancelled.
    public func followRevocations() async {
        for await _ in wakeups.signals(on: Self.revocationChannel) {
            cache.clear()
        }
    }
}
