import Glibc

/// The limits that containers get for each of their processes. Asked for explicitly: engines' defaults (a million of each)
/// lie above the hard limits of machines whose root may not raise them, and then no container starts.
struct HostLimits: Hashable, Sendable {
    /// RLIMIT_NOFILE: enough for a server, few enough that programs which close all they could have open start fast.
    var openFiles: Int
    /// RLIMIT_NPROC counts all processes of a user id on the machine, so it stays wide: the cgroup limits a container's own.
    var processes: Int

    /// From the hard limits of this process, which the engine's own process inherits or exceeds; but Podman lowers its own
    /// limit of processes to the number that the machine's process ids end at.
    static func current() -> HostLimits {
        let lastProcess = Int(ProcessFiles.text("/proc/sys/kernel/pid_max").prefix { $0.isNumber }) ?? 32768
        return HostLimits(
            openFiles: min(hardLimit(RLIMIT_NOFILE), 65536), processes: min(hardLimit(__RLIMIT_NPROC), lastProcess, 1 << 20))
    }

    static func hardLimit(_ resource: __rlimit_resource) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_max <= rlim_t(Int.max) else { return .max }
        return Int(limit.rlim_max)
    }
}
