/// The rules for names of hosts, as the edge's Lua has them too.
enum HostName {
    /// The kept form: lower case, without a final dot. A wildcard of one level ("*.example.com") is a host as well.
    /// - Throws: `EdgeError(.invalid)`.
    static func normalize(_ text: String) throws(EdgeError) -> String {
        var host = text.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        let name = host.hasPrefix("*.") ? host.dropFirst(2) : host[...]
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard !host.isEmpty, host.utf8.count <= 253, labels.allSatisfy(isLabel) else {
            throw EdgeError(
                .invalid, "\(text.debugDescription.prefix(300)) is not a host name",
                hint: "use letters, digits, hyphens and dots; international names in their xn-- form")
        }
        return host
    }

    private static func isLabel(_ label: Substring) -> Bool {
        guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
        return label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
