import FoundationEssentials

/// Where a server answers: `http` or `https`, a host, maybe a port and a path in front of `/api/v1`.
struct ServerURL: Hashable, Sendable, CustomStringConvertible {
    /// Without a slash at the end.
    let text: String
    let isEncrypted: Bool
    /// Whether the server is this machine, so that nothing goes over a network.
    let isLoopback: Bool

    init(_ text: String) throws(YardError) {
        guard let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(), let host = components.host,
            !host.isEmpty, ["http", "https"].contains(scheme), components.user == nil, components.query == nil, components.fragment == nil
        else {
            throw YardError.usage("not a server's URL: \(text)", hint: "Give it as https://host or http://host:port.")
        }
        self.text = String(text.reversed().drop { $0 == "/" }.reversed())
        isEncrypted = scheme == "https"
        isLoopback = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host.lowercased()) || host.lowercased().hasSuffix(".localhost")
    }

    var description: String { text }

    /// The URL of a path of the API, given by its parts, which may hold any text.
    func api(_ path: [String], query: [(name: String, value: String)] = []) -> String {
        let end = query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
        return text + "/api/v1" + path.map { "/" + Self.encoded($0) }.joined() + (end.isEmpty ? "" : "?" + end)
    }

    /// The URL of the WebSocket.
    var live: String {
        "ws" + api(["live"]).dropFirst("http".count)
    }

    /// RFC 3986, section 2: everything but the unreserved characters is written as `%` and two digits.
    private static func encoded(_ text: String) -> String {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
