import Glibc

/// An IPv4 or IPv6 address in digits, in the form the system writes it.
struct IPAddress: Sendable, Hashable {
    var text: String
    var isIPv6: Bool

    /// Nil for anything else, names among it.
    init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        if let text = Self.canonical(text, AF_INET) {
            self.text = text
            isIPv6 = false
        } else if let text = Self.canonical(text, AF_INET6), !text.contains(".") {
            // The mixed form ("::ffff:10.0.0.1") is an IPv4 address in other clothes.
            self.text = text
            isIPv6 = true
        } else {
            return nil
        }
    }

    /// As it stands in front of a port.
    var authority: String {
        isIPv6 ? "[\(text)]" : text
    }

    private static func canonical(_ text: String, _ family: Int32) -> String? {
        withUnsafeTemporaryAllocation(byteCount: MemoryLayout<in6_addr>.size, alignment: 8) { bytes in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
                guard let address = bytes.baseAddress, inet_pton(family, text, address) == 1,
                    let written = inet_ntop(family, address, buffer.baseAddress, 64)
                else { return nil }
                return String(cString: written)
            }
        }
    }
}
