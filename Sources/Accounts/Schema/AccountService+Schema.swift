public import Kernel

extension AccountService {
    /// This module's tables, for the migrator.
    public static let schema = ModuleSchema(
        name: "accounts", shared: [Migration(version: 1, name: "accounts", script: accountTables)])
}
