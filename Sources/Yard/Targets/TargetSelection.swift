/// What a user said about where a command acts: names or ids, from flags or else from variables.
struct TargetSelection: Hashable, Sendable {
    var project: String?
    var environment: String?
    var service: String?

    init(options: CommonOptions, surroundings: Surroundings) {
        project = options.project ?? surroundings.variable("SWITCHYARD_PROJECT_ID")
        environment = options.environment ?? surroundings.variable("SWITCHYARD_ENVIRONMENT_ID")
        service = options.service ?? surroundings.variable("SWITCHYARD_SERVICE_ID")
    }

    var isEmpty: Bool { project == nil && environment == nil && service == nil }
}
