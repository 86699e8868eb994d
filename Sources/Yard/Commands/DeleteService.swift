import ArgumentParser

/// `yard delete service`
struct DeleteService: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "service", abstract: "Delete a service in all environments, with its deployments and volumes.")

    @Argument(help: ArgumentHelp("Its name or id. Default: the linked one.", valueName: "service"))
    var name: String?

    @Flag(name: .shortAndLong, help: "Don't ask.")
    var yes = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let resolver = try session.resolver(service: name)
        let target = try await resolver.serviceTarget()
        let question = "Delete service \(target.service) of \(target.project) in all environments, with its volumes?"
        if try !yes && !session.questions.confirm(question, flag: "--yes") {
            throw YardError(.interrupted, code: "INTERRUPTED", "nothing was deleted")
        }
        try await resolver.client.deleteService(target.serviceId)
        try session.forgetLinks { $0.serviceId == target.serviceId }
        try session.output.show(["deleted": "\(target.serviceId)"]) { "Deleted service \(target.service) of \(target.project)" }
    }
}
