/// One step of a schema's history. A step that has landed is never changed: a later one mends it.
public struct Migration: Sendable {
    /// Counts from 1 within its module and scope, without gaps.
    public let version: Int
    public let name: String
    /// SQL statements; they run in one transaction. A tenant's script is run with its schema first in the search path.
    public let script: String

    public init(version: Int, name: String, script: String) {
        self.version = version
        self.name = name
        self.script = script
    }
}

/// The tables of one module: those that all workspaces share, and those that each has for itself.
public struct ModuleSchema: Sendable {
    public let name: String
    public let shared: [Migration]
    public let tenant: [Migration]

    public init(name: String, shared: [Migration] = [], tenant: [Migration] = []) {
        self.name = name
        self.shared = shared
        self.tenant = tenant
    }
}
