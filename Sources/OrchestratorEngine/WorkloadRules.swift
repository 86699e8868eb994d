import Orchestrator

/// What a workload must be before it is shown to the engine. The engine would refuse most of this as well, but not in words
/// that a user understands; and some of it it would take for something else.
struct WorkloadRules {
    /// - Throws: `OrchestratorError` (`invalid`) that names what is wrong.
    static func check(_ workload: Workload) throws {
        try require(EngineNames.isLabel(workload.serviceName), "the service's name '\(shown(workload.serviceName))' can't be a host name")
        try require(workload.id.replica >= 0, "a replica's index can't be negative")
        try require((1...65535).contains(workload.port), "\(workload.port) is no port")
        try checkCommand(workload.command)
        for (name, value) in workload.environmentVariables {
            let isName = !name.isEmpty && !name.utf8.contains { $0 == UInt8(ascii: "=") || $0 == 0 || $0 == UInt8(ascii: "\n") }
            try require(isName, "'\(shown(name))' can't be a variable's name")
            try require(!value.utf8.contains(0), "the variable \(shown(name)) contains a NUL byte")
        }
        for label in workload.labels.keys {
            try require(!label.isEmpty && !label.utf8.contains(UInt8(ascii: "=")), "'\(shown(label))' can't be a label's name")
        }
        for mount in workload.volumes {
            let root = mount.path.split(separator: "/").first
            try require(
                mount.path.hasPrefix("/") && root != nil && !["proc", "sys", "dev"].contains(root),
                "a volume can't be mounted at '\(shown(mount.path))'")
        }
        try require(Set(workload.volumes.map(\.path)).count == workload.volumes.count, "two volumes are mounted at the same path")
        try require((0.01...1024).contains(workload.limits.cpu), "\(workload.limits.cpu) cores is no limit: 0.01 to 1024")
        // Below this the runtime's own start fails.
        try require(workload.limits.memory >= 8 << 20, "a memory limit of \(workload.limits.memory) bytes is too small: at least 8 MiB")
        try require((1...1_000_000).contains(workload.limits.processes), "\(workload.limits.processes) processes is no limit: 1 to 1000000")
    }

    /// The command of a workload or a terminal.
    static func checkCommand(_ command: [String]?) throws {
        guard let command else { return }
        try require(!(command.first ?? "").isEmpty, "the command is empty")
        try require(!command.contains { $0.utf8.contains(0) }, "the command contains a NUL byte")
    }

    private static func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        guard condition else { throw OrchestratorError(.invalid, message()) }
    }

    /// So much of a bad value as a message can bear.
    private static func shown(_ text: String) -> String {
        String(text.prefix(80).map { $0.isNewline || $0 == "\0" ? " " : $0 })
    }
}
