public import Kernel

extension ProjectService {
    /// This module's tables, for the migrator.
    public static let schema = ModuleSchema(
        name: "projects",
        shared: [Migration(version: 1, name: "hostnames", script: hostnamesTable)],
        tenant: [Migration(version: 1, name: "projects", script: projectTables)])
}
