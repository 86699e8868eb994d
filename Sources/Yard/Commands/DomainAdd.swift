import ArgumentParser
import Resources

/// `yard domain add`
struct DomainAdd: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Give the service a host name: one of your own, or a generated one.")

    @Argument(help: ArgumentHelp("A name that points to this server. Default: one is generated.", valueName: "host"))
    var host: String?

    @Option(help: "The port in the container. Default: the one in PORT.")
    var port: Int?

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let target = try await session.serviceTarget()
        let domain = try await session.client().createDomain(target, CreateDomain(host: host, targetPort: port))
        try session.output.show(domain) { domain.url ?? domain.host }
    }
}
