import Glibc
import Kernel

/// Which addresses a source may be fetched from. The server must not be talked into asking the machines around it: names are
/// resolved, and every address is judged, in whatever form it was written (`2130706433`, `0x7f.1`, `::ffff:127.0.0.1`).
struct AddressPolicy: Sendable {
    var allowsPrivateAddresses: Bool

    /// - Returns: the addresses, in their usual form; the connection has to go to one of these, not to what the name means later.
    /// - Throws: `SwitchyardError` with `HOST_NOT_FOUND` or `ADDRESS_FORBIDDEN`.
    func addresses(of host: String) async throws -> [String] {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let found = try await BlockingWork.run { Self.resolve(bare) }
        guard !found.isEmpty else {
            throw SwitchyardError(
                .invalid, code: "HOST_NOT_FOUND", "the host '\(SourceDirectory.printable(host))' has no address",
                hint: "check the name, and that this machine can resolve it")
        }
        if !allowsPrivateAddresses, let bad = found.first(where: { Self.isPrivate($0) }) {
            throw Self.forbidden(host, address: Self.text(bad))
        }
        return found.map(Self.text)
    }

    static func forbidden(_ host: String, address: String) -> SwitchyardError {
        SwitchyardError(
            .forbidden, code: "ADDRESS_FORBIDDEN",
            "the host '\(SourceDirectory.printable(host))' is at \(address), an address that sources may not be fetched from",
            hint: "the operator can allow private addresses for sources")
    }

    /// Whether a host that is written as an address is a private one; false for names.
    static func isPrivateLiteral(_ host: String) -> Bool {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let name = bare.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") || name == "localhost." { return true }
        return resolve(bare, literalsOnly: true).contains(where: isPrivate)
    }

    /// Sixteen bytes each; those of version 4 in their mapped form (`::ffff:a.b.c.d`).
    private static func resolve(_ host: String, literalsOnly: Bool = false) -> [[UInt8]] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        if literalsOnly { hints.ai_flags = AI_NUMERICHOST }
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [[UInt8]] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ai_next
            guard let address = entry.pointee.ai_addr else { continue }
            if entry.pointee.ai_family == AF_INET {
                let bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    withUnsafeBytes(of: $0.pointee.sin_addr) { Array($0) }
                }
                found.append([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + bytes)
            } else if entry.pointee.ai_family == AF_INET6 {
                found.append(
                    address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                        withUnsafeBytes(of: $0.pointee.sin6_addr) { Array($0) }
                    })
            }
        }
        return found
    }

    private static func text(_ address: [UInt8]) -> String {
        if address.prefix(12).elementsEqual([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]) {
            return address.suffix(4).map { "\($0)" }.joined(separator: ".")
        }
        return stride(from: 0, to: 16, by: 2).map { String(Int(address[$0]) << 8 | Int(address[$0 + 1]), radix: 16) }.joined(separator: ":")
    }

    /// Loopback, private, link-local, shared, reserved and multicast addresses (RFC 6890), also inside of the ways to write an
    /// address of version 4 in one of version 6.
    static func isPrivate(_ address: [UInt8]) -> Bool {
        guard address.count == 16 else { return true }
        let zeros = address.prefix(while: { $0 == 0 }).count
        if zeros >= 15 { return true }  // :: and ::1
        if zeros == 10, address[10] == 0xFF, address[11] == 0xFF { return isPrivateVersion4(address[12...]) }
        if zeros >= 12 { return isPrivateVersion4(address[12...]) }  // ::a.b.c.d
        if address.prefix(12).elementsEqual([0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return isPrivateVersion4(address[12...]) }
        if address[0] == 0x00, address[1] == 0x64, address[2] == 0xFF, address[3] == 0x9B { return true }  // 64:ff9b:1::/48
        if address[0] == 0x20, address[1] == 0x02 { return isPrivateVersion4(address[2..<6]) }  // 6to4
        if address[0] == 0x20, address[1] == 0x01, address[2] == 0, address[3] == 0 { return true }  // Teredo
        if address[0] & 0xFE == 0xFC || address[0] == 0xFF { return true }
        return address[0] == 0xFE && address[1] & 0x80 == 0x80
    }

    private static func isPrivateVersion4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = Array(bytes)
        return switch (parts[0], parts[1]) {
        case (0, _), (10, _), (127, _), (224..., _): true
        case (100, 64...127), (169, 254), (172, 16...31), (192, 168), (198, 18...19): true
        case (192, 0): parts[2] == 0
        default: false
        }
    }
}
