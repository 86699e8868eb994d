import Kernel

/// What a process of the program does. They share the database and the data folder, and nothing else.
enum Role: String, CaseIterable, Sendable {
    /// Keeps PostgreSQL, the edge and the engine running.
    case platform
    /// Serves the API.
    case gateway
    /// Makes images, and collects those that nobody needs.
    case builder
    /// Drives replicas and routes.
    case deployer

    /// - Throws: `ROLE_UNKNOWN`.
    static func parse(_ text: String) throws -> Set<Role> {
        if text == "all" { return Set(allCases) }
        return Set(
            try text.split(separator: ",").map { name in
                guard let role = Role(rawValue: String(name)) else {
                    throw SwitchyardError(
                        .invalid, code: "ROLE_UNKNOWN", "there is no role \"\(name)\"",
                        hint: "take all, or some of \(allCases.map(\.rawValue).joined(separator: ", "))")
                }
                return role
            })
    }
}
