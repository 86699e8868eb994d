import Kernel
import Testing

@testable import Projects

@Suite struct PathsTests {
    @Test("a path into the source is relative and normalised", arguments: ["web", "apps/web", "a b/c_d", "Docker-file.prod", "s\u{00FC}d"])
    func sourcePath(path: String) throws {
        try Paths.validateSource(path, of: "root directory")
    }

    @Test("a path out of the source, or one that looks like another, is refused")
    func badSourcePath() throws {
        let hostile = Hostile.texts.filter { !Self.harmless.contains($0) }
        for path in ["/a", "./a", "a/", "a//b", "a/./b", ".", "", "a\u{7F}", "a:b", "a,b", "a=b", "a*"] + hostile {
            let error = #expect(throws: SwitchyardError.self) { try Paths.validateSource(path, of: "root directory") }
            #expect(error?.code == "PATH_INVALID")
        }
    }

    /// Odd, but real names of folders.
    private static let harmless = ["caf\u{0065}\u{0301}\u{0301}", "\u{0430}dmin"]

    @Test("a health check's path is a path of a URL", arguments: ["/", "/health", "/a/b-c_d?x=1&y=%20", "/~x/.well-known"])
    func urlPath(path: String) throws {
        try Paths.validateURL(path, of: "health check's path")
    }

    @Test("what is no path of a URL is refused")
    func badURLPath() throws {
        let hostile = Hostile.texts.filter { $0 != "/etc/passwd" }
        for path in ["health", "//evil.example", "/a b", "/a/../b", "/a\r\nHost: x", "/\u{E9}", "/a#b"] + hostile {
            let error = #expect(throws: SwitchyardError.self) { try Paths.validateURL(path, of: "health check's path") }
            #expect(error?.code == "PATH_INVALID")
        }
    }

    @Test(
        "a volume can be mounted where applications keep data",
        arguments: ["/data", "/app/data", "/var/lib/postgresql/data", "/usr/share/nginx/html", "/home/node/.cache", "/root/.x"])
    func mountPath(path: String) throws {
        try Paths.validateMount(path)
    }

    @Test("a volume cannot hide the system or the application")
    func badMountPath() throws {
        for path in [
            "/", "/app", "/proc", "/proc/self", "/sys", "/dev/shm", "/etc", "/etc/ssl", "/bin", "/usr", "/usr/bin", "/usr/local", "/lib/x",
            "/var", "/run/secrets", "/tmp", "/data/", "//data", "/a//b", "/a/../etc", "/./etc", "data", "/a:b", "/a,b", "/a b", "/\u{E9}",
        ] + Hostile.texts {
            let error = #expect(throws: SwitchyardError.self) { try Paths.validateMount(path) }
            #expect(error?.code == "PATH_INVALID")
        }
    }
}
