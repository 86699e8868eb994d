import Crypto
import FoundationEssentials

/// The opening handshake's arithmetic (RFC 6455, section 4).
enum WebSocketHandshake {
    /// What the server answers to a client's `Sec-WebSocket-Key`.
    static func accept(forKey key: String) -> String {
        Data(Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))).base64EncodedString()
    }

    /// Sixteen random bytes in base64.
    static func newKey() -> String {
        Data((0..<16).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
    }

    static func isValid(key: String) -> Bool {
        key.utf8.count == 24 && Data(base64Encoded: key)?.count == 16
    }
}
