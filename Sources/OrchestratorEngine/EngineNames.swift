import Orchestrator
import Resources

/// How things of one installation are named and labelled in the engine, which it may share with other installations and
/// with people. The one place where such a name is made.
struct EngineNames: Hashable, Sendable {
    /// The installation's name, the prefix of all others.
    let instance: String

    /// - Throws: `OrchestratorError` unless `instance` is 1 to 30 of a-z, 0-9 and inner hyphens.
    init(instance: String) throws {
        guard Self.isLabel(instance), instance.utf8.count <= 30 else {
            throw OrchestratorError(
                .invalid, "an installation's name is 1 to 30 of a-z, 0-9 and inner hyphens, not '\(instance.prefix(60))'")
        }
        self.instance = instance
    }

    func container(_ id: WorkloadID) -> String {
        "\(instance)-\(id)"
    }

    func network(_ environment: Environment.ID) -> String {
        "\(instance)-\(environment)"
    }

    /// - Throws: `OrchestratorError` unless it is 1 to 128 of letters, digits, `_`, `.`, `-`.
    func volume(_ name: String) throws -> String {
        let characters = name.utf8.allSatisfy { Self.isAlphanumeric($0) || "_.-".utf8.contains($0) }
        guard characters, !name.isEmpty, name.utf8.count <= 128 else {
            throw OrchestratorError(.invalid, "a volume's name is 1 to 128 of letters, digits, '_', '.' and '-', not '\(name.prefix(60))'")
        }
        return "\(instance)-\(name)"
    }

    /// The names by which the environment's other services reach a service.
    func aliases(_ serviceName: String) -> [String] {
        [serviceName, "\(serviceName).switchyard.internal", "\(serviceName).railway.internal"]
    }

    func labels(_ scope: WorkloadScope) -> [String: String] {
        var labels = [Label.instance: instance]
        switch scope {
        case .all: break
        case .environment(let environment): labels[Label.environment] = environment.description
        case .service(let service, let environment):
            labels[Label.environment] = environment.description
            labels[Label.service] = service.description
        case .deployment(let deployment): labels[Label.deployment] = deployment.description
        }
        return labels
    }

    func labels(_ id: WorkloadID) -> [String: String] {
        [
            Label.instance: instance,
            Label.environment: id.environment.description,
            Label.service: id.service.description,
            Label.deployment: id.deployment.description,
            Label.replica: String(id.replica),
        ]
    }

    /// Whose container bears these labels; nil when it isn't a workload of this installation.
    func workload(_ labels: [String: String]) -> WorkloadID? {
        guard labels[Label.instance] == instance,
            let environment = labels[Label.environment].flatMap({ Environment.ID($0) }),
            let service = labels[Label.service].flatMap({ Service.ID($0) }),
            let deployment = labels[Label.deployment].flatMap({ Deployment.ID($0) }),
            let replica = labels[Label.replica].flatMap({ Int($0) }), replica >= 0
        else { return nil }
        return WorkloadID(environment: environment, service: service, deployment: deployment, replica: replica)
    }

    /// RFC 1123: what can be one part of a host name.
    static func isLabel(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
        let lowerCase = bytes.allSatisfy {
            isAlphanumeric($0) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == UInt8(ascii: "-")
        }
        return lowerCase && first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    enum Label {
        static let prefix = "switchyard."
        static let instance = "switchyard.instance"
        static let environment = "switchyard.environment"
        static let service = "switchyard.service"
        static let deployment = "switchyard.deployment"
        static let replica = "switchyard.replica"
        /// The digest of the workload that the container was made from.
        static let specification = "switchyard.spec"
        /// Seconds between SIGTERM and SIGKILL.
        static let grace = "switchyard.grace"
    }
}
