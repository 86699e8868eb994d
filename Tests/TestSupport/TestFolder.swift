internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Private temporary folders, named after the process that made them, so that a later run can remove what a crashed one has left.
public enum TestFolder {
    private static let prefix = "swtest-"
    private static let count = Atomic<Int>(0)

    /// Makes a folder below /tmp with a short path (sockets fit in), mode 0700. Whoever makes it removes it.
    public static func make() throws -> String {
        let number = count.wrappingAdd(1, ordering: .relaxed).newValue
        if number == 1 { removeLeftovers() }
        let path = "/tmp/\(prefix)\(getpid())-\(startTime(of: getpid()) ?? "0")-\(number)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        return path
    }

    public static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix(prefix) {
            let parts = name.dropFirst(prefix.count).split(separator: "-")
            guard parts.count == 3, let id = pid_t(parts[0]), startTime(of: id) != String(parts[1]) else { continue }
            remove("/tmp/" + name)
        }
    }

    /// In the kernel's ticks since boot: tells a process from a later one with the same id.
    private static func startTime(of id: pid_t) -> String? {
        guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8), let end = stat.lastIndex(of: ")") else {
            return nil
        }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? String(fields[19]) : nil
    }
}
