import ArgumentParser
import Resources

/// `yard domain list`
struct DomainList: YardCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the service's host names.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let target = try await session.serviceTarget()
        let domains = try await session.client().domains(target)
        try session.output.show(domains) {
            domains.isEmpty
                ? "\(target.service) has no host names. Generate one with `yard domain`."
                : Table(
                    columns: ["HOST", "PORT", "KIND", "URL"],
                    rows: domains.map {
                        [$0.host, $0.targetPort.map(String.init) ?? "PORT", $0.isGenerated ? "generated" : "own", $0.url ?? "-"]
                    }
                ).text(session.output.style)
        }
    }
}
