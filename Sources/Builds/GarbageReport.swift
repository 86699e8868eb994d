/// What a collection has removed.
public struct GarbageReport: Hashable, Sendable {
    /// Images of applications and of dependencies.
    public var images = 0
    /// Images without a name: layers of Dockerfiles.
    public var layers = 0
    public var containers = 0
    /// Builds whose process had died.
    public var builds = 0

    public init() {}
}
