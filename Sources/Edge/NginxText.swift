/// The one way by which values get into nginx's configuration. Each kind admits only characters that mean nothing there, so
/// nothing has to be quoted.
enum NginxText {
    /// An absolute path of letters, digits and `. _ - /`, without `..`.
    static func path(_ text: String) throws(EdgeError) -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.hasPrefix("/"), text.utf8.count <= 90, parts.dropFirst().allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." }),
            text.utf8.allSatisfy({ isWord($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") })
        else {
            throw EdgeError(
                .invalid, "\(text.debugDescription.prefix(200)) cannot be used in nginx's configuration",
                hint: "choose an absolute path of at most 90 letters, digits and . _ -")
        }
        return text
    }

    /// A secret of 16 to 128 letters, digits, `_` and `-`.
    static func token(_ text: String) throws(EdgeError) -> String {
        guard (16...128).contains(text.utf8.count), text.utf8.allSatisfy(isWord) else {
            throw EdgeError(.invalid, "the verify token is not 16 to 128 letters, digits, _ and -")
        }
        return text
    }

    /// The name of a system account.
    static func account(_ text: String) throws(EdgeError) -> String {
        guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy(isWord) else {
            throw EdgeError(.invalid, "\(text.debugDescription.prefix(100)) is not the name of an account")
        }
        return text
    }

    /// "0.0.0.0:80" or "[::]:80".
    static func listener(_ address: String, port: Int) throws(EdgeError) -> String {
        guard let address = IPAddress(address), (1...65535).contains(port) else {
            throw EdgeError(.invalid, "the edge cannot listen on \(address.debugDescription.prefix(100)), port \(port)")
        }
        return "\(address.authority):\(port)"
    }

    /// An address or a network such as "10.0.0.0/8".
    static func network(_ text: String) throws(EdgeError) -> String {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }) else {
            throw EdgeError(.invalid, "\(text.debugDescription.prefix(100)) is not a network")
        }
        guard parts.count == 2 else { return address.text }
        guard let bits = Int(parts[1]), (0...(address.isIPv6 ? 128 : 32)).contains(bits) else {
            throw EdgeError(.invalid, "\(text.debugDescription.prefix(100)) is not a network")
        }
        return "\(address.text)/\(bits)"
    }

    /// Whole seconds, at least one.
    static func seconds(_ duration: Duration) -> String {
        "\(max(1, duration.components.seconds))s"
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
