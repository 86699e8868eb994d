import Glibc
import Kernel
import OrchestratorEngine

/// Reads settings and refuses what they can't be, by name.
struct SettingReader: Sendable {
    let values: [String: String]

    /// Nil when it isn't set, or set to nothing.
    func text(_ setting: Setting) -> String? {
        values[setting.rawValue].flatMap { $0.isEmpty ? nil : $0 }
    }

    func number(_ setting: Setting, _ range: ClosedRange<Int>) throws -> Int? {
        guard let text = text(setting) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Self.invalid(setting, text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// No when it isn't set.
    func isYes(_ setting: Setting) throws -> Bool {
        switch text(setting) {
        case nil, "no": return false
        case "yes": return true
        case let text?: throw Self.invalid(setting, text, "yes or no")
        }
    }

    /// An absolute path.
    func path(_ setting: Setting) throws -> String? {
        guard let text = text(setting) else { return nil }
        guard text.hasPrefix("/"), !text.utf8.contains(0) else { throw Self.invalid(setting, text, "an absolute path") }
        return text
    }

    func name(_ setting: Setting, _ usual: String) throws -> String {
        let text = text(setting) ?? usual
        guard text.wholeMatch(of: #/[a-z]([a-z0-9-]{0,28}[a-z0-9])?/#) != nil else {
            throw Self.invalid(setting, text, "a to z, 0 to 9 and inner hyphens, a letter first, at most 30")
        }
        return text
    }

    func host(_ setting: Setting, _ usual: String) throws -> String {
        let text = (text(setting) ?? usual).lowercased()
        guard text.wholeMatch(of: #/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*/#) != nil else {
            throw Self.invalid(setting, text, "a host name, such as apps.example.com")
        }
        return text
    }

    func choice(_ setting: Setting, of choices: [String]) throws -> String? {
        guard let text = text(setting) else { return nil }
        guard choices.contains(text) else { throw Self.invalid(setting, text, choices.joined(separator: " or ")) }
        return text
    }

    /// An IP address in digits.
    func address(_ setting: Setting) throws -> String? {
        guard let text = text(setting) else { return nil }
        guard Self.bits(ofAddress: text) != nil else {
            throw Self.invalid(setting, text, "an IP address, such as 192.0.2.10 or 2001:db8::10")
        }
        return text
    }

    /// Addresses and networks with commas between them.
    func networks(_ setting: Setting) throws -> [String] {
        guard let text = text(setting) else { return [] }
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let words = part.split(separator: " ")
            let network = words.count == 1 ? String(words[0]) : ""
            let halves = network.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let bits = Self.bits(ofAddress: halves.first.map(String.init) ?? "")
            let isNetwork = bits.map { bits in halves.count == 1 || Int(halves[1]).map { (0...bits).contains($0) } ?? false } ?? false
            guard isNetwork else {
                throw Self.invalid(setting, text, "addresses and networks separated by commas, such as 10.0.0.0/8,192.0.2.10")
            }
            return network
        }
    }

    func engine(_ setting: Setting) throws -> EngineChoice? {
        guard let text = text(setting) else { return nil }
        guard let choice = EngineChoice(text) else {
            throw Self.invalid(setting, text, "the absolute path of a socket, or `own` for a Podman that the platform runs")
        }
        return choice
    }

    static func invalid(_ setting: Setting, _ value: String, _ expected: String) -> SwitchyardError {
        SwitchyardError(
            .invalid, code: "CONFIGURATION_INVALID", "\(setting.rawValue) is \"\(value.prefix(80))\"", hint: "it takes \(expected)")
    }

    /// 32 or 128; nil for what is no address.
    private static func bits(ofAddress text: String) -> Int? {
        guard !text.utf8.contains(0) else { return nil }
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &four) == 1 { return 32 }
        // The mixed form ("::ffff:10.0.0.1") is an IPv4 address in other clothes, and nginx never sees it.
        return inet_pton(AF_INET6, text, &six) == 1 && !text.contains(".") ? 128 : nil
    }
}
