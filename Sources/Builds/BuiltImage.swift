/// What became of a build.
public struct BuiltImage: Hashable, Sendable {
    /// The image's name on this machine.
    public var reference: String
    /// `sha256:` and 64 hexadecimal digits: names exactly this image.
    public var id: String
    /// What a replica has to run in place of the image's own entry point and command; nil: the image's own. Images of detected
    /// languages also carry it themselves.
    public var command: [String]?
    /// Ports that the image says it listens on, in order; empty for detected languages, which listen on `PORT`.
    public var exposedPorts: [Int]
    /// What detection decided, for people.
    public var planSummary: String
    public var hints: DeployHints
    /// Nil for an upload.
    public var commit: Commit?
    /// Whether the image of dependencies that was there could be used; nil when the build has none.
    public var reusedDependencies: Bool?

    public init(
        reference: String, id: String, command: [String]?, exposedPorts: [Int], planSummary: String, hints: DeployHints, commit: Commit?,
        reusedDependencies: Bool?
    ) {
        self.reference = reference
        self.id = id
        self.command = command
        self.exposedPorts = exposedPorts
        self.planSummary = planSummary
        self.hints = hints
        self.commit = commit
        self.reusedDependencies = reusedDependencies
    }
}
