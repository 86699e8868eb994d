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

    @Option(help: ArgumentHelp("Deploy an image instead of a folder.", valueName: "reference"))
    var image: String?

    @Option(help: ArgumentHelp("Deploy a Git repository instead of a folder.", valueName: "url"))
    var git: String?

    @Option(help: ArgumentHelp("A branch, tag or commit of the Git repository.", valueName: "name"))
    var ref: String?

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard [folder, path, image, git].count(where: { $0 != nil }) <= 1 else {
            throw ValidationError("give one thing to deploy: a folder, --image or --git")
        }
        guard ref == nil || git != nil else { throw ValidationError("--ref belongs to --git") }
    }

    func run(_ session: Session) async throws {
        let client = try session.client()
        let folder = session.absolute(path ?? folder ?? ".")
        if let source {
            let target = try await UpTarget(session: session, client: client, folder: folder).resolve()
            session.output.note(
                "Deploying \(DeploymentText.source(source)) as \(target.service) to \(target.environment) of \(target.project)")
            return try await report(session, target, step: "Asking for it") { try await client.deploy(source, to: target) }
        }
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
        try await report(session, target, step: "Uploading") { try await client.upload(archive, to: target) }
    }

    private var source: DeploymentSource? {
        if let image { return .image(reference: image) }
        return git.map { .git(url: $0, reference: ref) }
    }

    private func report(
        _ session: Session, _ target: ServiceTarget, step: String, start: @escaping @Sendable () async throws -> Deployment
    ) async throws {
        try await DeploymentReport(session: session, target: target, buildLogOnly: ci, isDetached: detach)
            .run(step: step, progress: ProgressLine(output: session.output), start: start)
    }
}
