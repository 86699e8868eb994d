import ArgumentParser
import Resources

/// `yard settings show`
struct SettingsShow: YardCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the settings of the service.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let target = try await session.serviceTarget()
        let settings = try await session.client().entry(target).settings
        try session.output.show(settings) { SettingsText.table(settings).text(session.output.style) }
    }
}
