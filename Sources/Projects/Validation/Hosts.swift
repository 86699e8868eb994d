import Kernel

/// Host names that users bring for their services (RFC 1123).
enum Hosts {
    /// The canonical form of a host name: lower case, without a final dot.
    ///
    /// - Throws: `HOST_INVALID`.
    static func normalize(_ text: String, platform: PlatformHosts) throws -> String {
        func invalid(_ fault: String, hint: String = "write a name such as www.example.com") -> SwitchyardError {
            SwitchyardError(.invalid, code: "HOST_INVALID", "the host name \(ShownInput(text)) \(fault)", hint: hint)
        }
        guard text.utf8.count <= 254 else { throw invalid("is longer than 253 characters") }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw invalid("has characters outside of ASCII", hint: "write an international name in its xn-- form (punycode)")
        }
        var host = text.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        guard host.utf8.count <= 253 else { throw invalid("is longer than 253 characters") }

        var labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isWildcard = labels.first == "*"
        if isWildcard { labels.removeFirst() }
        guard labels.allSatisfy(isLabel) else {
            throw invalid(
                "is not a DNS name", hint: "write a name such as www.example.com or *.example.com, without scheme, port or path")
        }
        guard labels.count >= 2 || isBelow(host, platform.baseDomain) else {
            throw invalid("has no domain")
        }
        // Browsers take a name that ends with a number, decimal or hexadecimal, for an IPv4 address (WHATWG URL, section 3.5).
        guard let last = labels.last, !isNumber(last) else {
            throw invalid("is an IP address", hint: "point a name at the address, and give that")
        }
        try refusePlatformsOwn(host, isWildcard: isWildcard, platform, invalid)
        return host
    }

    private static func refusePlatformsOwn(
        _ host: String, isWildcard: Bool, _ platform: PlatformHosts, _ invalid: (String, String) -> SwitchyardError
    ) throws {
        let hint = "choose another name"
        let covered = isWildcard ? host.dropFirst(2) : nil
        let isReserved = platform.reserved.contains { reserved in
            if let covered { return reserved == covered || reserved.hasSuffix(host.dropFirst()) }
            return reserved == host
        }
        guard !isReserved else { throw invalid("is the platform's own", hint) }
        if let privateDomain = platform.privateDomain, isBelow(host, privateDomain) {
            throw invalid("is for use inside an environment only", hint)
        }
        if isBelow(host, platform.baseDomain) {
            let label = host.dropLast(platform.baseDomain.utf8.count + 1)
            guard !isWildcard, !label.contains(".") else {
                throw invalid("is not one label below \(platform.baseDomain)", "write a name such as shop.\(platform.baseDomain)")
            }
        }
    }

    private static func isBelow(_ host: String, _ domain: String) -> Bool {
        host.hasSuffix("." + domain)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        let bytes = label.utf8
        guard (1...63).contains(bytes.count), bytes.first != hyphen, bytes.last != hyphen else { return false }
        guard !bytes.dropFirst(2).starts(with: [hyphen, hyphen]) || label.hasPrefix("xn--") else { return false }
        return bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == hyphen }
    }

    private static func isNumber(_ label: Substring) -> Bool {
        if label.hasPrefix("0x") { return label.dropFirst(2).allSatisfy(\.isHexDigit) }
        return label.allSatisfy(\.isNumber)
    }

    private static let hyphen = UInt8(ascii: "-")
}
