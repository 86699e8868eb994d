import Crypto
import Kernel

/// The text of an access token: `sy_` and 32 random bytes in hexadecimal. Only its SHA-256 is ever kept; with 256 bits of
/// chance in a token, neither the hash nor the time that looking for it takes helps anybody to guess one.
struct Token {
    private static let prefix = "sy_"
    private static let bytes = 32

    let text: String

    static func new() -> Token {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Token(text: prefix + random.hex)
    }

    private init(text: String) {
        self.text = text
    }

    /// Nil unless the text has a token's form.
    init?(_ text: String) {
        guard text.utf8.count == Self.prefix.utf8.count + 2 * Self.bytes, text.hasPrefix(Self.prefix) else { return nil }
        guard text.utf8.dropFirst(Self.prefix.utf8.count).allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    var hash: [UInt8] {
        Array(SHA256.hash(data: Array(text.utf8)))
    }
}
