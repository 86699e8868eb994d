public import Kernel
public import Resources

/// A project came to be, with its first environment.
public struct ProjectCreated: EventPayload {
    public static let type = "project.created"
    public let project: Project.ID
    public let name: String
}

public struct ProjectRenamed: EventPayload {
    public static let type = "project.renamed"
    public let project: Project.ID
    public let name: String
}

/// The project with all in it was deleted; what runs is wound down next.
public struct ProjectDeleted: EventPayload {
    public static let type = "project.deleted"
    public let project: Project.ID
}
