import Glibc

/// Files of at most 64 KiB, such as those below `/proc`, read at once.
enum SmallFile {
    /// Nil when the file cannot be read.
    static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            var size = 0
            while size < buffer.count {
                let count = Glibc.read(file, buffer.baseAddress?.advanced(by: size), buffer.count - size)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { return nil }
                if count == 0 { break }
                size += count
            }
            return String(decoding: buffer.prefix(size), as: UTF8.self)
        }
    }
}
