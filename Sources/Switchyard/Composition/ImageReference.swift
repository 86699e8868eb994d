import Kernel

/// What an image's name can be: `[registry/]path[:tag][@sha256:digest]`, as the distribution specification has it.
enum ImageReference {
    /// - Throws: `IMAGE_INVALID`.
    static func validate(_ text: String) throws {
        let component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*"
        let host = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]{1,5})?"
        let pattern = "(?:\(host)/)?\(component)(?:/\(component))*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
        let isValid = text.utf8.count <= 500 && (try? Regex(pattern).wholeMatch(in: text)) != nil
        guard isValid else {
            throw SwitchyardError(
                .invalid, code: "IMAGE_INVALID", "\"\(text.prefix(80).filter { !$0.isNewline })\" is not the name of an image",
                hint: "such as nginx:1.27, or registry.example.com/team/app@sha256:...")
        }
    }
}
