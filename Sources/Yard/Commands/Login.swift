import ArgumentParser
import FoundationEssentials
import Resources

/// `yard login`
struct Login: YardCommand {
    static let configuration = CommandConfiguration(
        abstract: "Log in to a server with a token.",
        discussion: """
            The token is taken from --token, --token-file, SWITCHYARD_TOKEN, the server's own folder if it was installed on this \
            machine, standard input or a prompt.
            """)

    @Option(help: "The token. Others on this machine may see it; better pipe it in.")
    var token: String?

    @Option(help: ArgumentHelp("A file that holds nothing but the token.", valueName: "file"))
    var tokenFile: String?

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let server = try session.server
        let token = try readToken(session, server: server)
        if !server.isEncrypted, !server.isLoopback {
            session.output.warn("\(server) is not encrypted: whoever sees the network traffic sees the token")
        }
        let identity = try await session.client(server: server, token: token).me()
        let caFile = (options.caFile ?? session.surroundings.variable("SWITCHYARD_CA")).map(session.absolute)
        try session.store.update { configuration in
            configuration.current = server.text
            configuration.servers[server.text, default: .init()].token = token
            if let caFile { configuration.servers[server.text]?.caFile = caFile }
        }
        try session.output.show(identity) {
            "Logged in to \(server) as \(identity.user.name), \(identity.role.rawValue.lowercased()) of \(identity.workspace.name)"
        }
    }

    private func readToken(_ session: Session, server: ServerURL) throws -> String {
        if let token { return token }
        if let tokenFile {
            let path = session.absolute(tokenFile)
            guard let text = try? String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self) else {
                throw YardError(
                    .notFound, code: "TOKEN_FILE_UNREADABLE", "\(path) cannot be read",
                    hint: "Give the file that the server wrote its token to.")
            }
            return Self.trimmed(text)
        }
        if let token = session.surroundings.variable("SWITCHYARD_TOKEN") { return token }
        if let local = LocalInstallation(surroundings: session.surroundings), local.url == server.text, let token = local.token {
            return token
        }
        if session.surroundings.input.isTerminal {
            session.surroundings.console.write("Token for \(server): ", to: .error)
            let line = session.surroundings.input.readHiddenLine()
            session.surroundings.console.write("\n", to: .error)
            return Self.trimmed(line ?? "")
        }
        return Self.trimmed(String(decoding: session.surroundings.input.readAll(), as: UTF8.self))
    }

    private static func trimmed(_ text: String) -> String {
        text.split { $0.isWhitespace }.joined(separator: " ")
    }
}
