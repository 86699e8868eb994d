import Kernel

/// TCP ports.
enum Ports {
    /// - Throws: `PORT_INVALID`.
    static func validate(_ port: Int) throws {
        guard (1...65535).contains(port) else { throw invalid(String(port)) }
    }

    /// - Throws: `PORT_INVALID`.
    static func validate(text: String) throws {
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text), (1...65535).contains(port)
        else {
            throw invalid(text)
        }
    }

    private static func invalid(_ text: String) -> SwitchyardError {
        SwitchyardError(
            .invalid, code: "PORT_INVALID", "the port \(ShownInput(text)) is not a number from 1 to 65535",
            hint: "give the port that the application listens on, such as 8080")
    }
}
