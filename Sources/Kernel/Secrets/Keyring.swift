import Crypto
import Glibc

/// The installation's master keys, by number; the highest seals, all can open. Each is 256 bits, in a file of mode 0600.
public struct Keyring: Sendable {
    private let keys: [UInt32: SymmetricKey]
    let current: UInt32

    /// A ring with the given keys.
    ///
    /// - Throws: `KEYRING_EMPTY`, or `KEY_WEAK` for a key that isn't 32 bytes or has one byte repeated.
    public init(keys: [UInt32: [UInt8]]) throws {
        guard let newest = keys.keys.max() else {
            throw SwitchyardError(.internalFault, code: "KEYRING_EMPTY", "there is no master key")
        }
        for (number, key) in keys where key.count != 32 || Set(key).count < 8 {
            throw SwitchyardError(
                .internalFault, code: "KEY_WEAK", "master key \(number) is not 32 random bytes",
                hint: "restore the key file from your backup of the data folder")
        }
        self.keys = keys.mapValues { SymmetricKey(data: $0) }
        current = newest
    }

    /// Reads the key file at `path`, or makes it with one new key on the first start. Each line is `number hex`.
    ///
    /// - Throws: `KEY_FILE_UNSAFE` when others may read it, `KEY_FILE_UNREADABLE` when it can't be read or written.
    public static func load(path: String) throws -> Keyring {
        if let lines = try readLines(path) {
            var keys: [UInt32: [UInt8]] = [:]
            for line in lines where !line.isEmpty {
                let parts = line.split(separator: " ")
                guard parts.count == 2, let number = UInt32(parts[0]), let key = [UInt8](hex: parts[1]) else {
                    throw SwitchyardError(.internalFault, code: "KEY_FILE_UNREADABLE", "\(path): a line is not `number hex`")
                }
                keys[number] = key
            }
            return try Keyring(keys: keys)
        }
        var generator = SystemRandomNumberGenerator()
        let key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        try write("1 \(key.hex)\n", to: path)
        return try Keyring(keys: [1: key])
    }

    func key(_ number: UInt32) -> SymmetricKey? {
        keys[number]
    }

    private static func readLines(_ path: String) throws -> [Substring]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw unreadable(path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw SwitchyardError(
                .internalFault, code: "KEY_FILE_UNSAFE", "\(path) can be read by others", hint: "chmod 600 \(path), and rotate the keys")
        }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw unreadable(path) }
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
    }

    private static func write(_ text: String, to path: String) throws {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        let bytes = [UInt8](text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw unreadable(path)
        }
    }

    private static func unreadable(_ path: String) -> SwitchyardError {
        SwitchyardError(
            .internalFault, code: "KEY_FILE_UNREADABLE", "\(path): \(String(cString: strerror(errno)))",
            hint: "check the owner and the free space of the data folder")
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits for each byte.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Nil unless the text is an even number of hexadecimal digits.
    public init?(hex: some StringProtocol) {
        let digits = hex.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
    }
}
