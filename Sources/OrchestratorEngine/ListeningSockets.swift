/// The TCP ports on which something listens in a network namespace, from /proc/PID/net/tcp and tcp6 (proc(5)).
struct ListeningSockets: Hashable, Sendable {
    /// Reachable from outside, and on loopback only; in order.
    var reachable: [Int] = []
    var loopbackOnly: [Int] = []

    init(ofProcess pid: Int) {
        self.init(tables: [ProcessFiles.text("/proc/\(pid)/net/tcp"), ProcessFiles.text("/proc/\(pid)/net/tcp6")])
    }

    init(tables: [String]) {
        var all: Set<Int> = []
        var open: Set<Int> = []
        for line in tables.joined(separator: "\n").split(separator: "\n") {
            let columns = line.split(separator: " ")
            // `sl local_address rem_address st`; 0A is LISTEN.
            guard columns.count > 3, columns[3] == "0A", let colon = columns[1].lastIndex(of: ":"),
                let port = Int(columns[1][columns[1].index(after: colon)...], radix: 16)
            else { continue }
            all.insert(port)
            if !Self.isLoopback(columns[1][..<colon]) { open.insert(port) }
        }
        reachable = open.sorted()
        loopbackOnly = all.subtracting(open).sorted()
    }

    /// Addresses are words of 32 bits in the machine's (little-endian) order: 127.0.0.1 is `0100007F`.
    private static func isLoopback(_ address: Substring) -> Bool {
        switch address.count {
        case 8: address.hasSuffix("7F")
        case 32: address == "00000000000000000000000001000000" || address.hasPrefix("0000000000000000FFFF0000") && address.hasSuffix("7F")
        default: false
        }
    }
}
