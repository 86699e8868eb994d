import FoundationEssentials
import Glibc

/// What the kernel said about memory. Podman up to 4.3 on cgroup version 1 loses the news that a container was killed for it
/// (conmon hears of it after the container's end), but the kernel logs the cgroup, which bears the container's id.
enum KernelLog {
    /// Whether the kernel killed a process of this container for want of memory after `since`.
    static func tellsOutOfMemory(container: String, since: Date?) -> Bool {
        let file = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        // Stamps are microseconds on the monotonic clock; a second of slack for the engine's own clock.
        let earliest = since.map { uptime() - Date().timeIntervalSince($0) - 1 } ?? 0
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            // One record a read (Documentation/ABI/testing/dev-kmsg).
            let length = read(file, &buffer, buffer.count)
            if length > 0 {
                if isKill(String(decoding: buffer[..<length], as: UTF8.self), of: container, after: earliest) { return true }
            } else if length == 0 || errno != EPIPE && errno != EINTR {
                // EPIPE: the record was overwritten meanwhile, the next read goes on after it.
                return false
            }
        }
    }

    /// `priority,sequence,microseconds,flags;oom-kill:constraint=CONSTRAINT_MEMCG,...,task_memcg=/libpod_parent/libpod-<id>,...`
    static func isKill(_ record: String, of container: String, after earliest: Double) -> Bool {
        guard let semicolon = record.firstIndex(of: ";"), !container.isEmpty else { return false }
        let fields = record[..<semicolon].split(separator: ",")
        let message = record[record.index(after: semicolon)...]
        guard message.hasPrefix("oom-kill:"), fields.count >= 3, let stamp = Double(fields[2]), stamp / 1_000_000 >= earliest else {
            return false
        }
        return message.split(separator: ",").contains { $0.hasPrefix("task_memcg=") && $0.contains(container) }
    }

    private static func uptime() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1_000_000_000
    }
}
