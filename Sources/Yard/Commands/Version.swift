import ArgumentParser

/// `yard version`
struct Version: YardCommand {
    static let configuration = CommandConfiguration(abstract: "Show the version of yard.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        try session.output.show(["version": yardVersion]) { "yard \(yardVersion)" }
    }
}
