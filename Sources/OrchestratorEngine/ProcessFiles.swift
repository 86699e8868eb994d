import Glibc

/// What the kernel shows of a container's processes below /proc. Files there have no size, so they are read to their end.
enum ProcessFiles {
    /// Whether `pid` is alive and belongs to a container: its cgroup bears the container's id. Guards against a reused pid.
    static func isProcess(_ pid: Int, ofContainer container: String) -> Bool {
        text("/proc/\(pid)/cgroup").contains(container) && !text("/proc/\(pid)/cmdline").isEmpty
    }

    /// A file's text; empty when it can't be read. Ends soon after `limit` bytes.
    static func text(_ path: String, limit: Int = 4 << 20) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit, 65536))
        while bytes.count < limit {
            let length = read(file, &buffer, buffer.count)
            guard length > 0 else { break }
            bytes += buffer[..<length]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
