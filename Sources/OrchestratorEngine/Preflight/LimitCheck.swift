import Glibc

/// Whether the hard limits of this process, which the engine and its containers inherit, leave room.
struct LimitCheck: Sendable {
    var openFiles = HostLimits.hardLimit(RLIMIT_NOFILE)
    var processes = HostLimits.hardLimit(__RLIMIT_NPROC)

    func findings() -> [Finding] {
        [
            finding("open files", "LIMIT_FILES", openFiles, least: 4096, good: 16384, setting: "LimitNOFILE"),
            finding("processes", "LIMIT_PROCESSES", processes, least: 2048, good: 16384, setting: "LimitNPROC"),
        ]
    }

    private func finding(_ what: String, _ code: String, _ value: Int, least: Int, good: Int, setting: String) -> Finding {
        if value >= good { return Finding(.good, code, value == .max ? "\(what) aren't limited" : "at most \(value) \(what)") }
        return Finding(
            value < least ? .error : .warning, "\(code)_LOW", "the hard limit of \(what) is only \(value)",
            remedy: "raise it to at least \(good): \(setting)= in a systemd unit, or /etc/security/limits.conf")
    }
}
