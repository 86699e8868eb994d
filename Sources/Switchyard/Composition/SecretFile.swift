import FoundationEssentials
import Glibc
import Kernel

/// Small secrets in files of their own, mode 0600, written whole or not at all.
enum SecretFile {
    static func write(_ text: String, to path: String) throws {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw failure(path)
        }
    }

    /// What the file holds, or 32 random hexadecimal bytes that it holds from now on.
    static func load(_ path: String) throws -> String {
        if let data = FileManager.default.contents(atPath: path), data.count == 64 {
            return String(decoding: data, as: UTF8.self)
        }
        var generator = SystemRandomNumberGenerator()
        let text = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }.hex
        try write(text, to: path)
        return text
    }

    private static func failure(_ path: String) -> SwitchyardError {
        SwitchyardError(.unavailable, code: "DATA_UNAVAILABLE", "\(path): \(String(cString: strerror(errno)))")
    }
}
