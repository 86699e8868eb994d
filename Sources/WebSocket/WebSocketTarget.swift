import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Where a client connects to, taken from a `ws://` or `wss://` URL.
struct WebSocketTarget: Sendable {
    let isSecure: Bool
    let host: String
    let port: Int
    /// Path and query, as they are sent.
    let path: String
    /// The `Host` header.
    let authority: String

    init(_ text: String) throws(WebSocketError) {
        guard
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), ["ws", "wss"].contains(scheme),
            let encodedHost = parts.percentEncodedHost, !encodedHost.isEmpty, parts.user == nil, parts.password == nil,
            parts.fragment == nil
        else { throw .invalidURL(text) }
        isSecure = scheme == "wss"
        host = encodedHost.hasPrefix("[") ? String(encodedHost.dropFirst().dropLast()) : encodedHost
        port = parts.port ?? (isSecure ? 443 : 80)
        guard (1...65535).contains(port) else { throw .invalidURL(text) }
        authority = parts.port.map { "\(encodedHost):\($0)" } ?? encodedHost
        let query = parts.percentEncodedQuery.map { "?" + $0 } ?? ""
        path = (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath) + query
    }

    /// The name for TLS; nil for an address, which has no place in SNI and is checked against the certificate by itself.
    var serverName: String? {
        (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
    }

    /// The request that opens the WebSocket.
    func handshake(headers: [(String, String)]) throws(WebSocketError) -> HTTPRequestHead {
        var fields: HTTPHeaders = [
            "Host": authority, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": WebSocketHandshake.newKey(),
        ]
        for (name, value) in headers {
            let isSound =
                !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
                && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            guard isSound else { throw .handshakeFailed("the header \(name) has characters that headers can't have") }
            if name.lowercased() == "host" {
                fields.replaceOrAdd(name: name, value: value)
            } else {
                fields.add(name: name, value: value)
            }
        }
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: fields)
    }
}
