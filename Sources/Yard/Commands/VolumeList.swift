import ArgumentParser
import Resources

/// `yard volume list`
struct VolumeList: YardCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the service's volumes.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let target = try await session.serviceTarget()
        let volumes = try await session.client().volumes(target)
        try session.output.show(volumes) {
            volumes.isEmpty
                ? "\(target.service) has no volume. Add one with `yard volume add --mount-path /data`."
                : Table(
                    columns: ["VOLUME", "PATH", "CREATED"], rows: volumes.map { [$0.name, $0.mountPath, Measures.age(of: $0.createdAt)] }
                ).text(session.output.style)
        }
    }
}
