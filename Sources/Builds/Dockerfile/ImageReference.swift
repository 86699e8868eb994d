import Kernel

/// The name of an image that somebody wants to build from, or to run.
enum ImageReference {
    /// Prefixes by which tools of the containers family read an image from somewhere else than a registry.
    private static let transports: Set<String> = [
        "containers-storage", "dir", "docker-archive", "docker-daemon", "oci", "oci-archive", "ostree", "sif", "tarball", "sha256",
    ]

    /// Refuses what isn't a plain `[registry/]name[:tag][@digest]`, what could be a piece of an image's id (which finds anybody's
    /// image on this machine), what belongs to this installation's services, and registries at private addresses.
    /// - Throws: `SwitchyardError` with `IMAGE_NAME_INVALID` or `IMAGE_FORBIDDEN`.
    static func check(_ text: String, instance: String, allowsPrivateAddresses: Bool) throws(SwitchyardError) {
        let shown = SourceDirectory.printable(text)
        func invalid(_ reason: String) -> SwitchyardError {
            SwitchyardError(
                .invalid, code: "IMAGE_NAME_INVALID", "the image '\(shown)' can't be used: \(reason)",
                hint: "use a name such as docker.io/library/python:3.13-slim")
        }
        guard !text.isEmpty, text.utf8.count <= 512, text.utf8.allSatisfy(isNameByte), let first = text.first,
            first.isLetter || first.isNumber,
            !text.contains("//"), !text.contains("..")
        else { throw invalid("it is no name of an image") }
        guard (try? Regex(pattern).wholeMatch(in: text)) != nil else { throw invalid("it is no name of an image") }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 1 || parts[1].hasPrefix("sha256:") && parts[1].utf8.count == 71 else {
            throw invalid("its digest is none of SHA-256")
        }
        let components = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard components.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") }) else { throw invalid("it is no name of an image") }
        let name = components.last?.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
        let head = parts[0].prefix { $0 != ":" && $0 != "/" }
        if transports.contains(head.lowercased()), parts[0].dropFirst(head.count).hasPrefix(":") {
            throw invalid("it is read by the transport '\(head)'")
        }
        if components.count == 1, parts.count == 1, !parts[0].contains(":"), name.allSatisfy(\.isHexDigit) {
            throw invalid("it could be the id of an image: write it with its registry")
        }
        let isOurs = [instance, "switchyard"].contains { text.hasPrefix("localhost/\($0)/") || text.hasPrefix("\($0)/") }
        if isOurs, !text.hasPrefix(StackRecipe.repository + ":") {
            throw SwitchyardError(
                .forbidden, code: "IMAGE_FORBIDDEN", "the image '\(shown)' belongs to this installation",
                hint: "build from a registry's image, or from \(StackRecipe.repository):<flavour>")
        }
        if components.count > 1, !allowsPrivateAddresses {
            let registry = String(components[0].split(separator: ":").first ?? "")
            let isRegistry = components[0].contains(".") || components[0].contains(":")
            if isRegistry, AddressPolicy.isPrivateLiteral(registry) { throw AddressPolicy.forbidden(registry, address: registry) }
        }
    }

    /// `[registry[:port]/]path[:tag][@digest]`, as the distribution specification has it.
    private static let pattern = {
        let component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*"
        let label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
        let host = "\(label)(?:\\.\(label))*(?::[0-9]{1,5})?"
        return "(?:\(host)/)?\(component)(?:/\(component))*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
    }()

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}
