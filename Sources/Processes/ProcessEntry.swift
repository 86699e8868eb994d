import Glibc

/// One process as `/proc/PID/stat` shows it (proc(5)).
struct ProcessEntry: Sendable, Hashable {
    var pid: Int32
    var state: Character
    var group: Int32
    var session: Int32
    /// Clock ticks since boot.
    var startTime: UInt64

    /// Dead, or a zombie that only waits for its parent to ask.
    var hasEnded: Bool {
        state == "Z" || state == "X" || state == "x"
    }

    /// Nil when there is no such process.
    static func read(_ pid: Int32) -> ProcessEntry? {
        SmallFile.read("/proc/\(pid)/stat").flatMap { ProcessEntry(pid: pid, stat: $0) }
    }

    /// Every process this one may see.
    static func all() -> [ProcessEntry] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var entries: [ProcessEntry] = []
        while let item = readdir(folder) {
            let name = withUnsafeBytes(of: item.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if let pid = Int32(name), let entry = read(pid) { entries.append(entry) }
        }
        return entries
    }

    init?(pid: Int32, stat: String) {
        // The name in parentheses may itself hold spaces and parentheses: the fields follow the last one.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let group = Int32(fields[2]), let session = Int32(fields[3]),
            let startTime = UInt64(fields[19])
        else { return nil }
        self.pid = pid
        self.state = state
        self.group = group
        self.session = session
        self.startTime = startTime
    }
}
