import ArgumentParser

/// `yard logout`
struct Logout: YardCommand {
    static let configuration = CommandConfiguration(abstract: "Forget the token of a server. The folders' links stay.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let server = try session.server
        try session.store.update { configuration in
            configuration.servers[server.text]?.token = nil
        }
        try session.output.show(["server": server.text]) { "Logged out of \(server)" }
    }
}
