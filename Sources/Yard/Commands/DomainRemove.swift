import ArgumentParser
import Resources

/// `yard domain remove`
struct DomainRemove: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a host name from the service.", aliases: ["delete", "rm"])

    @Argument(help: "The host name, or its id.")
    var host: String

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let client = try session.client()
        let target = try await session.serviceTarget()
        let domains = try await client.domains(target)
        guard let domain = domains.first(where: { $0.host == host.lowercased() || "\($0.id)" == host.lowercased() }) else {
            throw TargetResolver.missing("domain", host, among: domains.map(\.host), hint: "`yard domain list` shows them.")
        }
        try await client.deleteDomain(domain.id)
        try session.output.show(domain) { "Removed \(domain.host) from \(target.service)" }
    }
}
