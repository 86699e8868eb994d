import Kernel
import Resources

/// What users are told about their references. No message holds a value.
struct VariableProblems {
    private let serviceNames: [Service.ID: String]

    init(services: [Service]) {
        serviceNames = Dictionary(services.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// How a reference from anywhere in the environment would name a variable.
    func name(of key: VariableKey) -> String {
        guard let service = key.service else { return "\(VariableReference.sharedScope).\(key.name)" }
        return "\(serviceNames[service] ?? service.description).\(key.name)"
    }

    func loop(_ loop: VariableGraph.Loop) -> SwitchyardError {
        let shown = loop.keys.prefix(8).map(name(of:))
        let rest = loop.keys.count - shown.count
        let way = shown + (rest > 0 ? ["(\(rest) more)"] : []) + shown.prefix(1)
        return SwitchyardError(
            .invalid, code: "VARIABLE_LOOP", "variables refer to each other in a loop: " + way.joined(separator: " -> "),
            hint: "give one of them a value of its own")
    }

    func unknown(_ reference: VariableReference, in key: VariableKey) -> SwitchyardError {
        SwitchyardError(
            .invalid, code: "VARIABLE_REFERENCE_UNKNOWN", "\(name(of: key)) refers to ${{\(reference)}}, which does not exist",
            hint: "set \(reference.name) there, or correct the reference; shared variables are written ${{shared.\(reference.name)}}")
    }

    static func invalid(_ fault: VariableText.InvalidReference, in name: String) -> SwitchyardError {
        SwitchyardError(
            .invalid, code: "VARIABLE_REFERENCE_INVALID",
            "\(name) has ${{...}} around \(ShownInput(fault.inside)), which is not a reference",
            hint: "write ${{NAME}}, ${{shared.NAME}} or ${{service.NAME}}")
    }

    static func tooLarge(_ owner: String) -> SwitchyardError {
        SwitchyardError(
            .tooLarge, code: "VALUE_TOO_LARGE", "the variables of \(owner) are larger than 1 MiB together",
            hint: "keep large data in a file or a volume")
    }
}
