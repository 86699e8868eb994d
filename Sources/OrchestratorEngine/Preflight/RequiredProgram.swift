import FoundationEssentials
import Glibc

/// A program or a program's module that the platform uses.
public struct RequiredProgram: Hashable, Sendable {
    public var name: String
    /// For what.
    public var purpose: String
    /// Debian's package.
    public var package: String
    /// Where it can be; a part `*` of a path stands for any folder's name.
    public var paths: [String]

    public init(name: String, purpose: String, package: String, paths: [String]) {
        self.name = name
        self.purpose = purpose
        self.package = package
        self.paths = paths
    }

    /// All that the platform uses beside the engine.
    public static let all = [
        RequiredProgram(
            name: "PostgreSQL", purpose: "keeps the platform's state", package: "postgresql",
            paths: ["/usr/lib/postgresql/*/bin/postgres", "/usr/local/bin/postgres", "/usr/bin/postgres"]),
        RequiredProgram(
            name: "nginx", purpose: "is the edge", package: "nginx", paths: ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"]),
        RequiredProgram(
            name: "nginx's Lua module", purpose: "holds the edge's routes", package: "libnginx-mod-http-lua",
            paths: ["/usr/lib/nginx/modules/ngx_http_lua_module.so", "/usr/lib64/nginx/modules/ngx_http_lua_module.so"]),
        RequiredProgram(
            name: "buildah", purpose: "builds images", package: "buildah", paths: ["/usr/bin/buildah", "/usr/local/bin/buildah"]),
        RequiredProgram(
            name: "mmdebstrap", purpose: "makes the base images", package: "mmdebstrap",
            paths: ["/usr/bin/mmdebstrap", "/usr/local/bin/mmdebstrap"]),
        RequiredProgram(name: "git", purpose: "fetches sources", package: "git", paths: ["/usr/bin/git", "/usr/local/bin/git"]),
    ]

    /// Where it is; nil when it isn't there.
    public func path() -> String? {
        paths.lazy.flatMap(Self.expanded).first { access($0, R_OK) == 0 }
    }

    func finding() -> Finding {
        guard let path = path() else {
            return Finding(
                .error, "PROGRAM_MISSING", "\(name), which \(purpose), isn't installed", remedy: "apt-get install \(package)")
        }
        return Finding(.good, "PROGRAM", "\(name) is at \(path)")
    }

    /// The paths that a pattern stands for, the last by name first, so that the newest version wins.
    private static func expanded(_ pattern: String) -> [String] {
        guard let star = pattern.firstRange(of: "/*/") else { return [pattern] }
        let folder = String(pattern[..<star.lowerBound])
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/")) ?? []
        return entries.sorted().reversed().map { "\(folder)/\($0)/\(pattern[star.upperBound...])" }
    }
}
