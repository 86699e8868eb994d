import AsyncHTTPClient
import NIOCore
import NIOSSL

/// What a running command has: its options, the configuration, a client for the server, and a place to print.
struct Session: Sendable {
    let options: CommonOptions
    let surroundings: Surroundings
    let output: Output
    let store: ConfigurationStore
    let configuration: Configuration
    private let http: HTTPClient

    /// Makes a session, and closes its connections afterwards.
    static func with(_ options: CommonOptions, in surroundings: Surroundings, _ body: (Session) async throws -> Void) async throws {
        let store = try ConfigurationStore(surroundings: surroundings)
        let configuration = try store.load()
        let output = Output(console: surroundings.console, isJSON: options.json)
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.timeout.connect = .seconds(10)
        // Who types a command wants to know at once that nothing listens; YardClient tries again where that is harmless.
        settings.connectionPool.retryConnectionEstablishment = false
        if let file = try? caFile(options, surroundings, configuration) {
            var tls = TLSConfiguration.makeClientConfiguration()
            do {
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
            } catch {
                throw YardError.usage(
                    "\(file) holds no certificates that can be read", hint: "Give a PEM file with --ca-file or SWITCHYARD_CA.")
            }
            settings.tlsConfiguration = tls
        }
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let session = Session(
            options: options, surroundings: surroundings, output: output, store: store, configuration: configuration, http: http)
        do {
            try await body(session)
        } catch {
            try? await http.shutdown()
            throw error
        }
        try? await http.shutdown()
    }

    /// The server that the command is for.
    var server: ServerURL {
        get throws(YardError) { try Self.server(options, surroundings, configuration) }
    }

    /// A client with the token from `SWITCHYARD_TOKEN` or from the login.
    ///
    /// - Throws: ``YardError`` (`notLoggedIn`) when there is none.
    func client() throws(YardError) -> YardClient {
        let server = try server
        guard let token = surroundings.variable("SWITCHYARD_TOKEN") ?? configuration.servers[server.text]?.token else {
            throw YardError.notLoggedIn(to: server, "you are not logged in to \(server)")
        }
        return try client(server: server, token: token)
    }

    /// A client with a token that isn't stored yet.
    func client(server: ServerURL, token: String) throws(YardError) -> YardClient {
        guard !token.isEmpty, token.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw YardError.usage("a token is one word of visible ASCII characters", hint: "Copy it again, without line ends.")
        }
        return YardClient(server: server, token: token, caFile: try Self.caFile(options, surroundings, configuration), http: http)
    }

    /// The link that holds in this folder.
    func link() throws(YardError) -> (folder: String, link: FolderLink)? {
        configuration.link(server: try server, folder: surroundings.directory)
    }

    /// - Parameters: what an argument of the command says, which wins over flags and variables.
    func resolver(project: String? = nil, service: String? = nil) throws(YardError) -> TargetResolver {
        var selection = TargetSelection(options: options, surroundings: surroundings)
        if let project { selection.project = project }
        if let service { selection.service = service }
        return TargetResolver(client: try client(), selection: selection, link: try link()?.link, folder: surroundings.directory)
    }

    /// The environment that the command is about, perhaps with a service.
    func target() async throws -> Target {
        try await resolver().target(lookingForService: false)
    }

    /// The service that the command is about.
    func serviceTarget() async throws -> ServiceTarget {
        try await resolver().serviceTarget()
    }

    /// Remembers what a folder belongs to.
    func save(_ link: FolderLink, folder: String) throws {
        let server = try server.text
        try store.update { configuration in
            configuration.servers[server, default: .init()].links[folder] = link
            configuration.current = configuration.current ?? server
        }
    }

    /// Removes the links to something that is gone.
    func forgetLinks(where isGone: (FolderLink) -> Bool) throws {
        let server = try server.text
        try store.update { configuration in
            guard let links = configuration.servers[server]?.links else { return }
            configuration.servers[server]?.links = links.filter { !isGone($0.value) }
        }
    }

    /// An absolute path, without `.` and `..`.
    func absolute(_ path: String) -> String {
        let full = path.hasPrefix("/") ? path : surroundings.directory + "/" + path
        var parts: [Substring] = []
        for part in full.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Logs in with the token that an installation on this machine left for its owner, if the command is for that server.
    ///
    /// - Returns: Whether there was a token, other than the one in use, and the server accepts it.
    func adoptLocalToken() async throws -> Bool {
        let server = try server
        guard surroundings.variable("SWITCHYARD_TOKEN") == nil, let local = LocalInstallation(surroundings: surroundings),
            local.url == server.text, let token = local.token, token != configuration.servers[server.text]?.token
        else { return false }
        do {
            _ = try await client(server: server, token: token).me()
        } catch let error as YardError where error.status == .notLoggedIn {
            return false
        }
        try store.update { configuration in
            configuration.current = configuration.current ?? server.text
            configuration.servers[server.text, default: .init()].token = token
        }
        output.note("Logged in to \(server), which is installed on this machine")
        return true
    }

    var questions: Questions { Questions(surroundings: surroundings) }

    private static func server(
        _ options: CommonOptions, _ surroundings: Surroundings, _ configuration: Configuration
    ) throws(YardError) -> ServerURL {
        if let text = options.url ?? surroundings.variable("SWITCHYARD_URL") { return try ServerURL(text) }
        let local = LocalInstallation(surroundings: surroundings)?.url
        let isNamed = surroundings.variable("SWITCHYARD_DATA") != nil
        return try ServerURL((isNamed ? local : nil) ?? configuration.current ?? local ?? defaultServer)
    }

    private static func caFile(
        _ options: CommonOptions, _ surroundings: Surroundings, _ configuration: Configuration
    ) throws(YardError) -> String? {
        if let file = options.caFile ?? surroundings.variable("SWITCHYARD_CA") { return file }
        return configuration.servers[try server(options, surroundings, configuration).text]?.caFile
    }
}
