public import Resources

/// What only the deployer knows of a deployment, for the variables that its replicas get. Nil: not known, and not provided.
public struct DeploymentFacts: Hashable, Sendable {
    public var deployment: Deployment.ID?
    public var replica: String?
    public var region: String?
    /// Names the source: the archive's hash.
    public var snapshot: String?
    public var git: Git?
    /// The port that the image says it listens on: the default for `PORT`.
    public var exposedPort: Int?

    public init(
        deployment: Deployment.ID? = nil, replica: String? = nil, region: String? = nil, snapshot: String? = nil, git: Git? = nil,
        exposedPort: Int? = nil
    ) {
        self.deployment = deployment
        self.replica = replica
        self.region = region
        self.snapshot = snapshot
        self.git = git
        self.exposedPort = exposedPort
    }

    /// Where a deployment from a Git repository came from.
    public struct Git: Hashable, Sendable {
        public var commit: String?
        public var author: String?
        public var branch: String?
        public var repositoryOwner: String?
        public var repositoryName: String?
        public var message: String?

        public init(
            commit: String? = nil, author: String? = nil, branch: String? = nil, repositoryOwner: String? = nil,
            repositoryName: String? = nil, message: String? = nil
        ) {
            self.commit = commit
            self.author = author
            self.branch = branch
            self.repositoryOwner = repositoryOwner
            self.repositoryName = repositoryName
            self.message = message
        }
    }
}
