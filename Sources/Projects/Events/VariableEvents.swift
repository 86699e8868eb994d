public import Kernel
public import Resources

/// Variables got new values, which the event never holds.
public struct VariableSet: EventPayload {
    public static let type = "variable.set"
    public let environment: Environment.ID
    /// Nil for shared variables.
    public let service: Service.ID?
    public let names: [String]
    public let sealed: Bool
}

public struct VariableRemoved: EventPayload {
    public static let type = "variable.removed"
    public let environment: Environment.ID
    /// Nil for shared variables.
    public let service: Service.ID?
    public let name: String
}
