import Glibc

/// The Unix user and group a program runs as.
public struct SystemAccount: Sendable, Hashable {
    public var user: UInt32
    public var group: UInt32

    public init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }

    /// The account with this name in the system's user database and its primary group; nil when there is none.
    public static func named(_ name: String) -> SystemAccount? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        let failed = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { buffer in
            guard let start = buffer.baseAddress else { return ENOMEM }
            return getpwnam_r(name, &entry, start, buffer.count, &found)
        }
        guard failed == 0, found != nil else { return nil }
        return SystemAccount(user: entry.pw_uid, group: entry.pw_gid)
    }
}
