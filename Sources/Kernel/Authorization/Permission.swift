/// What an operation needs. Deleting data is apart from changing it.
public enum Permission: String, CaseIterable, Hashable, Sendable {
    case workspaceRead, workspaceWrite
    case projectRead, projectWrite, projectDelete
    case variableRead, variableWrite
    /// Reading sealed values: only the deployer's own caller has it.
    case variableUnseal
    case deploymentRead, deploymentWrite
    case volumeWrite, volumeDelete
    case domainWrite
    case logRead
    case eventRead
    case terminalOpen
}
