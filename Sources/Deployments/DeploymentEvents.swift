import Kernel
import Resources

struct DeploymentCreated: EventPayload {
    static let type = "deployment.created"
    let service: Service.ID
    let environment: Environment.ID
    let trigger: DeploymentTrigger
}

struct DeploymentStatusChanged: EventPayload {
    static let type = "deployment.status_changed"
    let service: Service.ID
    let environment: Environment.ID
    let status: DeploymentStatus
    let problem: Problem?
}

struct ReplicaStateChanged: EventPayload {
    static let type = "deployment.replica_changed"
    let service: Service.ID
    let environment: Environment.ID
    let replica: Int
    let state: ReplicaState
    let message: String?
}

struct DeploymentScaled: EventPayload {
    static let type = "deployment.scaled"
    let service: Service.ID
    let environment: Environment.ID
    let replicas: Int
}

struct DeploymentRestarted: EventPayload {
    static let type = "deployment.restarted"
    let service: Service.ID
    let environment: Environment.ID
}
