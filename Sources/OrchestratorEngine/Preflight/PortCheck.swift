import Glibc

/// Whether TCP ports can be listened on.
public struct PortCheck: Sendable {
    public var ports: [Int]

    public init(ports: [Int]) {
        self.ports = ports
    }

    public func findings() -> [Finding] {
        ports.map { port in
            switch Self.failure(port) {
            case 0: Finding(.good, "PORT", "port \(port) is free")
            case EADDRINUSE:
                Finding(
                    .error, "PORT_TAKEN", "port \(port) is taken by another program",
                    remedy: "stop what listens there (`ss -ltnp sport = :\(port)` names it), or choose another port")
            case EACCES:
                Finding(.error, "PORT_FORBIDDEN", "port \(port) needs root", remedy: "run as root, or choose a port above 1023")
            case let code:
                Finding(
                    .error, "PORT_FAILS", "port \(port) can't be used: \(String(cString: strerror(code)))", remedy: "choose another port")
            }
        }
    }

    /// Whether a port can be listened on, on all addresses.
    public static func isFree(_ port: Int) -> Bool {
        failure(port) == 0
    }

    /// The error of binding it for a moment; 0 when it works.
    private static func failure(_ port: Int) -> Int32 {
        guard let port = in_port_t(exactly: port), port > 0 else { return EINVAL }
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard file >= 0 else { return errno }
        defer { close(file) }
        // As servers do: connections that linger from an earlier listener don't count.
        var reuse: Int32 = 1
        setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, length) }
        }
        guard result == 0, listen(file, 1) == 0 else { return errno }
        return 0
    }
}
