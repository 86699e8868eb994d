public import Resources

/// A source that shall become an image.
public struct BuildRequest: Sendable {
    public enum Source: Hashable, Sendable {
        /// The path of an archive on this machine: tar (plain, gzip, zstd) or zip.
        case archive(path: String)
        /// A branch, tag or commit of a repository; nil: its default branch.
        case git(url: String, reference: String?)
    }

    public var id: Deployment.ID
    public var workspace: Workspace.ID
    public var service: Service.ID
    public var environment: Environment.ID
    public var source: Source
    public var settings: ServiceSettings
    /// References resolved. They are there while commands of the build run, and leave no trace in the image.
    public var variables: [String: String]

    public init(
        id: Deployment.ID, workspace: Workspace.ID, service: Service.ID, environment: Environment.ID, source: Source,
        settings: ServiceSettings = ServiceSettings(), variables: [String: String] = [:]
    ) {
        self.id = id
        self.workspace = workspace
        self.service = service
        self.environment = environment
        self.source = source
        self.settings = settings
        self.variables = variables
    }
}
