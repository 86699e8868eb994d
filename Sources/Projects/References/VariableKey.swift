import Resources

/// A variable's place in an environment.
struct VariableKey: Hashable {
    /// Nil: shared.
    let service: Service.ID?
    let name: String
}
