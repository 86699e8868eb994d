import Glibc

/// One process for all time: a pid is reused, but not together with its start time within one boot of the machine.
struct ProcessIdentity: Sendable, Hashable {
    var pid: Int32
    /// Clock ticks since boot.
    var startTime: UInt64
    /// `/proc/sys/kernel/random/boot_id`
    var boot: String

    /// Reads "<pid> <start time> <boot id>"; nil for anything else, such as an empty file after a power failure.
    init?(pidFile text: String) {
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard fields.count == 3, let pid = Int32(fields[0]), pid > 1, let startTime = UInt64(fields[1]) else { return nil }
        self.pid = pid
        self.startTime = startTime
        self.boot = String(fields[2])
    }

    /// That of this boot, which lasts as long as this process can.
    static let currentBoot: String = {
        let text = SmallFile.read("/proc/sys/kernel/random/boot_id") ?? ""
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "unknown"
    }()

    /// Whether the process still runs. One that ended but was not waited for yet counts as ended; if it was our child, it is
    /// waited for here.
    var isRunning: Bool {
        guard boot == Self.currentBoot, let entry = ProcessEntry.read(pid), entry.startTime == startTime else { return false }
        guard entry.hasEnded else { return true }
        waitpid(pid, nil, WNOHANG)
        return false
    }

    /// The living members of the session and process group that this process led. Empty when the pid was reused, because the
    /// kernel reuses a pid only after its group is gone.
    func livingGroup() -> [ProcessEntry] {
        guard boot == Self.currentBoot else { return [] }
        if let leader = ProcessEntry.read(pid), leader.startTime != startTime { return [] }
        return ProcessEntry.all().filter { $0.group == pid && $0.session == pid && !$0.hasEnded && $0.startTime >= startTime }
    }
}
