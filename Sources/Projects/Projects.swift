// Projects owns what users describe: projects, their environments and services, settings, variables, domains, volumes.
// It says what should be; it must not know how a service is built, run or reached, nor that deployments exist, except that
// something has to be wound down after a deletion (a job of kind `teardown`).

public import Kernel

/// The commands and queries on projects and all that hangs on them, one extension for each noun. Each asks for its permission
/// itself, whatever the ``Access`` was made for.
public struct ProjectService: Sendable {
    let database: Database
    let secrets: SecretBox
    let hosts: PlatformHosts
    let bounds: ResourceBounds

    /// - Parameters:
    ///   - secrets: Seals all variables' values at rest.
    ///   - hosts: The host names that are the platform's own, and how applications are reached.
    ///   - bounds: What this installation can give to one replica.
    public init(database: Database, secrets: SecretBox, hosts: PlatformHosts, bounds: ResourceBounds) {
        self.database = database
        self.secrets = secrets
        self.hosts = hosts
        self.bounds = bounds
    }
}
