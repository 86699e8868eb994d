import Kernel
import Resources

/// The kinds of jobs of this module, and what each carries.
enum DeploymentJobs {
    /// Makes the image of one deployment. Key: the deployment.
    static let build = "build"
    /// Drives a service's replicas to what its rows want. Key: the instance.
    static let converge = "converge"
    /// Lets replicas that no longer serve end their requests, and removes them. Key: the deployment.
    static let drain = "drain"
    /// Removes all there is of a deleted service. Key: the instance. Enqueued by whoever deletes it.
    static let teardown = "teardown"

    /// Removes the data of a deleted volume. Key: of its own, since it waits for the service to let go.
    static let removeVolume = "remove-volume"

    struct Build: Codable, Sendable {
        let deployment: Deployment.ID
    }

    struct Converge: Codable, Sendable {
        let environment: Environment.ID
        let service: Service.ID

        init(_ instance: ServiceInstance) {
            environment = instance.environment
            service = instance.service
        }

        var instance: ServiceInstance { ServiceInstance(environment: environment, service: service) }
    }

    struct Drain: Codable, Sendable {
        let deployment: Deployment.ID
        /// The version that took over; it is watched while the old one could still come back.
        let successor: Deployment.ID?
        /// Which replicas; nil: all, and then the deployment is REMOVED.
        let replicas: [Int]?
    }

    static func build(_ id: Deployment.ID) throws -> NewJob {
        try NewJob(kind: build, key: "build/\(id)", payload: Build(deployment: id))
    }

    static func converge(_ instance: ServiceInstance) throws -> NewJob {
        try NewJob(kind: converge, key: instance.description, payload: Converge(instance), priority: 1)
    }

    static func drain(_ id: Deployment.ID, successor: Deployment.ID?, replicas: [Int]?) throws -> NewJob {
        try NewJob(
            kind: drain, key: "drain/\(id)", payload: Drain(deployment: id, successor: successor, replicas: replicas), priority: 1)
    }
}
