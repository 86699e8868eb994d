import Glibc

/// The limits of a build as options of `buildah from` and `buildah build`.
struct ResourceOptions: Hashable {
    var limits: BuildLimits
    /// The control group that containers are put into; nil: the runtime's choice.
    var controlGroup: String?

    var arguments: [String] {
        let period = 100_000
        var arguments = [
            // No swap beyond the memory: a build that eats memory ends and doesn't thrash the machine.
            "--memory", "\(limits.memory)b", "--memory-swap", "\(limits.memory)b",
            "--cpu-period", "\(period)", "--cpu-quota", "\(max(1000, Int(limits.processors * Double(period))))", "--cpu-shares", "256",
            "--ulimit", "nofile=\(Self.limit(RLIMIT_NOFILE, at: 65_536))", "--ulimit", "nproc=\(Self.limit(__RLIMIT_NPROC, at: 32_768))",
        ]
        if let controlGroup { arguments += ["--cgroup-parent", controlGroup] }
        return arguments
    }

    /// `soft:hard`, not above what this process itself may have: raising it needs a capability that not every machine gives.
    private static func limit(_ resource: __rlimit_resource, at wanted: rlim_t) -> String {
        var current = rlimit()
        let hard = getrlimit(__rlimit_resource_t(resource.rawValue), &current) == 0 ? current.rlim_max : wanted
        let value = min(hard, wanted)
        return "\(value):\(value)"
    }
}
