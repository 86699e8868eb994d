import FoundationEssentials
import Resources

/// How this installation names and labels its images and working containers. Everything that is collected is found by these.
struct ImageNames: Hashable, Sendable {
    static let instanceLabel = "dev.switchyard.instance"
    static let scopeLabel = "dev.switchyard.scope"
    /// The kind of images that replicas run.
    static let applicationKind = "application"

    let instance: String

    /// A service in an environment: what caches and dependencies belong to.
    static func scope(_ request: BuildRequest) -> String {
        "\(request.environment)/\(request.service)"
    }

    func image(_ request: BuildRequest) -> String {
        "localhost/\(instance)/\(Self.scope(request)):\(request.id)"
    }

    /// Whether a name was made by ``image(_:)``.
    func isApplication(_ name: String) -> Bool {
        let prefix = "localhost/\(instance)/"
        guard name.hasPrefix(prefix) else { return false }
        let parts = name.dropFirst(prefix.utf8.count).split(separator: "/")
        return parts.count == 2 && UUID(uuidString: String(parts[0])) != nil
    }

    func dependencies(_ request: BuildRequest, key: String) -> String {
        "localhost/\(instance)/\(Self.scope(request))/deps:\(key)"
    }

    /// Another name of an image that a Dockerfile builds from. Buildah names a working container after the last part of its
    /// image's name, so that it can be known by it.
    func base(_ request: BuildRequest, index: Int) -> String {
        "\(basePrefix)\(Self.baseName(Self.scope(request)))\(index):build"
    }

    var basePrefix: String {
        "localhost/\(instance)/base/"
    }

    static func baseName(_ scope: String) -> String {
        scope.replacing("/", with: "-") + "-"
    }

    /// Of one build; its containers' names begin so.
    func containerPrefix(_ build: String) -> String {
        "\(instance)-build-\(build)-"
    }

    func controlGroup(_ parent: String, build: String) -> String {
        "\(parent)/\(instance)-\(build)"
    }

    /// Labels that are the same for all images of a service, so that layers made with them can be used again.
    func scopeLabels(_ request: BuildRequest) -> [String: String] {
        [Self.instanceLabel: instance, Self.scopeLabel: Self.scope(request)]
    }

    func labels(_ request: BuildRequest, kind: String) -> [String: String] {
        scopeLabels(request).merging([
            "dev.switchyard.kind": kind,
            "dev.switchyard.workspace": "\(request.workspace)",
            "dev.switchyard.environment": "\(request.environment)",
            "dev.switchyard.service": "\(request.service)",
            "dev.switchyard.deployment": "\(request.id)",
            "dev.switchyard.builder": "1",
        ]) { $1 }
    }
}
