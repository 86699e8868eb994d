import Kernel

/// Where a Git repository is: `https://host/path`, `http://host/path`, `ssh://user@host/path` or `user@host:path`.
struct GitURL: Hashable, Sendable {
    enum Transport: String, Sendable {
        case https
        case http
        case ssh
    }

    let transport: Transport
    /// A name or an address, without brackets.
    let host: String
    let port: Int?
    /// The user of SSH.
    let user: String?
    /// `user:password` of HTTP; never part of a command.
    let credentials: String?
    /// The URL without a password.
    let location: String

    /// - Throws: `SwitchyardError` with `GIT_URL_INVALID`.
    init(_ text: String) throws(SwitchyardError) {
        guard text.utf8.count <= 2048, text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value < 0x7F }) else {
            throw Self.invalid(text, "it has white space, control or non-ASCII characters, or is longer than 2048")
        }
        // What RFC 3986 has in no URL, and fragments, which mean something to some tools.
        let refused = Set("\\#\"<>^`{|}".utf8)
        guard !text.hasPrefix("-"), !text.utf8.contains(where: refused.contains), !text.contains("::") || text.contains("[") else {
            throw Self.invalid(text, "it has characters that no repository's URL has")
        }
        if let range = text.firstRange(of: "://") {
            guard let transport = Transport(rawValue: text[..<range.lowerBound].lowercased()) else {
                throw Self.invalid(text, "only https, http and ssh are fetched from")
            }
            let rest = text[range.upperBound...]
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            let path = rest[slash...]
            guard path.count > 1, !path.hasPrefix("/-") else { throw Self.invalid(text, "it has no path") }
            guard !path.split(separator: "/").contains("..") else { throw Self.invalid(text, "it has .. in its path") }
            var authority = rest[..<slash]
            var userInformation: Substring?
            if let at = authority.lastIndex(of: "@") {
                userInformation = authority[..<at]
                authority = authority[authority.index(after: at)...]
            }
            (host, port) = try Self.hostAndPort(authority, in: text)
            self.transport = transport
            if transport == .ssh {
                user = userInformation.map(String.init)
                credentials = nil
                guard user.map(Self.isUser) ?? true else { throw Self.invalid(text, "the user's name has odd characters") }
                location = text
            } else {
                user = nil
                credentials = userInformation.map(String.init)
                location = "\(transport.rawValue)://\(authority)\(path)"
            }
        } else {
            guard let colon = text.firstIndex(of: ":"), let at = text.firstIndex(of: "@"), at < colon else {
                throw Self.invalid(text, "it is no URL")
            }
            let path = text[text.index(after: colon)...]
            let user = String(text[..<at])
            guard Self.isUser(user), !path.isEmpty, !path.hasPrefix("-") else { throw Self.invalid(text, "it is no URL") }
            guard !path.split(separator: "/").contains("..") else { throw Self.invalid(text, "it has .. in its path") }
            (host, port) = try Self.hostAndPort(text[text.index(after: at)..<colon], in: text)
            transport = .ssh
            self.user = user
            credentials = nil
            location = text
        }
    }

    /// The port that is connected to.
    var effectivePort: Int {
        switch transport {
        case .https: port ?? 443
        case .http: port ?? 80
        case .ssh: port ?? 22
        }
    }

    private static func hostAndPort(_ authority: Substring, in text: String) throws(SwitchyardError) -> (String, Int?) {
        var host = authority
        var port: Int?
        let hasBrackets = authority.hasPrefix("[")
        if let colon = authority.lastIndex(of: ":"),
            !hasBrackets || authority[colon...].hasPrefix(":") && authority[..<colon].hasSuffix("]")
        {
            host = authority[..<colon]
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65535).contains(number) else {
                throw invalid(text, "its port is no number from 1 to 65535")
            }
            port = number
        }
        if hasBrackets {
            guard host.hasSuffix("]"), host.count >= 4,
                host.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
            else { throw invalid(text, "its address is none of version 6") }
            return (String(host.dropFirst().dropLast()), port)
        }
        let isName = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, !host.isEmpty, host.utf8.count <= 253, !host.hasPrefix("-") else { throw invalid(text, "its host is no name") }
        return (String(host), port)
    }

    private static func isUser(_ user: String) -> Bool {
        !user.isEmpty && !user.hasPrefix("-")
            && user.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func invalid(_ text: String, _ reason: String) -> SwitchyardError {
        // A password in it must not come back in a message.
        let shown =
            text.contains("@") && text.contains("://")
            ? "(not shown, because it may hold a password)" : "'\(SourceDirectory.printable(text))'"
        return SwitchyardError(
            .invalid, code: "GIT_URL_INVALID", "the Git URL \(shown) can't be used: \(reason)",
            hint: "use https://host/path, ssh://git@host/path or git@host:path")
    }
}
