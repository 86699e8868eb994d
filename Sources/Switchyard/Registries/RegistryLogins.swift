import FoundationEssentials
import Kernel
import Orchestrator

/// The operator's logins at registries, from a file as `podman login` and `docker login` write it (`containers-auth.json(5)`).
struct RegistryLogins: Sendable {
    /// By registry, or registry and a path below it.
    private let logins: [String: RegistryCredentials]

    /// - Throws: `CONFIGURATION_INVALID` for a file that can't be read, or whose logins are with a credential helper.
    init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Self.invalid(file, "can't be read", "check the path and its rights")
        }
        try self.init(data, file: file)
    }

    init(_ data: Data, file: String) throws {
        guard let content = try? JSONDecoder().decode(Content.self, from: data) else {
            throw Self.invalid(file, "is not a file of logins", "make it by `podman login --authfile`; see containers-auth.json(5)")
        }
        if content.credsStore?.isEmpty == false || content.credHelpers?.isEmpty == false {
            throw Self.invalid(
                file, "keeps logins with a credential helper, which nobody can ask here",
                "make one by `podman login --authfile`, without credsStore and credHelpers")
        }
        var logins: [String: RegistryCredentials] = [:]
        for (registry, entry) in content.auths ?? [:] {
            guard let text = entry.auth.flatMap({ Data(base64Encoded: $0) }).map({ String(decoding: $0, as: UTF8.self) }),
                let colon = text.firstIndex(of: ":"), colon > text.startIndex
            else {
                throw Self.invalid(file, "has no user and password for \(registry.prefix(80))", "make it by `podman login --authfile`")
            }
            // Docker pads old entries with NUL.
            let password = text[text.index(after: colon)...].prefix { $0 != "\0" }
            logins[Self.key(registry)] = RegistryCredentials(username: String(text[..<colon]), password: String(password))
        }
        self.logins = logins
    }

    /// The login for an image: that of the longest path in the file that the image is below.
    func credentials(for image: String) -> RegistryCredentials? {
        var path = Self.repository(image)[...]
        while true {
            if let found = logins[String(path)] { return found }
            guard let slash = path.lastIndex(of: "/") else { return nil }
            path = path[..<slash]
        }
    }

    /// `[registry/]path[:tag][@digest]` without tag and digest, and with the registry that Docker takes where none is named.
    private static func repository(_ image: String) -> String {
        var parts = image.prefix { $0 != "@" }.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        // A colon in the last part is before a tag, one in the first before a port.
        if let last = parts.popLast() { parts.append(String(last.prefix { $0 != ":" })) }
        let first = parts.first ?? ""
        let isRegistry = parts.count > 1 && (first.contains(".") || first.contains(":") || first == "localhost")
        if !isRegistry { parts = ["docker.io"] + (parts.count == 1 ? ["library"] : []) + parts }
        parts[0] = registry(parts[0])
        return parts.joined(separator: "/")
    }

    /// Docker writes URLs, and Docker Hub's is one of another time.
    private static func key(_ text: String) -> String {
        let isURL = text.hasPrefix("https://") || text.hasPrefix("http://")
        guard isURL else {
            let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
            return ([registry(parts.first ?? "")] + parts.dropFirst()).joined(separator: "/")
        }
        let host = text.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return registry(String(host))
    }

    private static func registry(_ host: String) -> String {
        ["index.docker.io", "registry-1.docker.io"].contains(host) ? "docker.io" : host
    }

    private static func invalid(_ file: String, _ reason: String, _ hint: String) -> SwitchyardError {
        SwitchyardError(
            .invalid, code: "CONFIGURATION_INVALID", "\(Setting.registryAuth.rawValue): \(file) \(reason)", hint: hint)
    }

    private struct Content: Decodable {
        var auths: [String: Entry]?
        var credsStore: String?
        var credHelpers: [String: String]?

        struct Entry: Decodable {
            var auth: String?
        }
    }
}
