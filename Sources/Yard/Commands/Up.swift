import Archives
import ArgumentParser
import Resources

/// `yard up`
struct Up: YardCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deploy this folder and wait until it is live.",
        discussion: """
            Uploads the folder without what .gitignore and .yardignore leave out. When nothing is linked, a project and a \
            service are made, named after the folder.
            """)

    @Flag(name: .shortAndLong, help: "Upload, and don't wait.")
    var detach = false

    @Flag(help: "Show the build's log only; the exit code still tells whether the deployment went live.")
    var ci = false

    @Argument(help: ArgumentHelp("The folder to deploy. Default: this one.", valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp("The same as the argument.", valueName: "folder"))
    var path: String?

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let folder = session.absolute(path ?? folder ?? ".")
        let progress = ProgressLine(output: session.output)
        let client = try session.client()
        let archive = try ArchiveFile(
            folder: folder, isCompressed: !client.server.isLoopback,
            temporaryFolder: session.surroundings.variable("TMPDIR") ?? "/tmp")
        archive.summary.warnings.forEach(session.output.warn)
        guard archive.summary.files > 0 else {
            throw YardError(
                .failed, code: "NOTHING_TO_UPLOAD", "there is no file in \(folder) to deploy",
                hint: "Do .gitignore or .yardignore leave everything out?")
        }
        let target = try await UpTarget(session: session, client: client, folder: folder).resolve()
        session.output.note(
            "Deploying \(target.service) to \(target.environment) of \(target.project): "
                + "\(archive.summary.files) files, \(Measures.size(archive.size))")
        try await DeploymentReport(session: session, target: target, buildLogOnly: ci, isDetached: detach)
            .run(step: "Uploading", progress: progress) { try await client.upload(archive, to: target) }
    }
}
