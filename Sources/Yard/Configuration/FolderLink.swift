import Resources

/// What a folder belongs to, with the names as they were when it was linked: so a linked command needs no look-up.
struct FolderLink: Codable, Hashable, Sendable {
    var projectId: Project.ID
    var project: String
    var environmentId: Environment.ID
    var environment: String
    var serviceId: Service.ID?
    var service: String?
}
