public import Kernel
public import Resources

/// Whom a token speaks for.
public struct Authenticated: Sendable {
    /// For asking for permissions.
    public let caller: Caller
    /// For showing, and for the workspace that is meant where none is named.
    public let identity: Identity
}
