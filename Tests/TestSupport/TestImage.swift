internal import FoundationEssentials
internal import Processes

/// A tiny image made on this machine, so that tests of the engine need no registry: a static busybox with all its applets,
/// and `getent`, which resolves names as ordinary programs do.
public enum TestImage {
    /// Its content is named by the tag: another content, another tag.
    public static let reference = "localhost/switchyard-test/busybox:1"

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private static let made = Task { try await makeUnlessThere() }

    /// Makes it unless this or an earlier run has.
    /// - Returns: its reference.
    @discardableResult
    public static func ensure() async throws -> String {
        try await made.value
        return reference
    }

    private static func makeUnlessThere() async throws {
        if try await Command("podman", ["image", "exists", reference]).run().isSuccess { return }
        let folder = "/tmp/switchyard-test-image-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await fill(folder + "/root")
        try await run("tar", ["-C", folder + "/root", "-cf", folder + "/image.tar", "."])
        try await run(
            "podman",
            [
                "import", "--change", #"CMD ["/bin/sleep","1000000"]"#, "--change", "EXPOSE 8080", "--change", "ENV GREETING=hello",
                "--change", "LABEL switchyard.instance=stolen", folder + "/image.tar", reference,
            ])
    }

    private static func fill(_ root: String) async throws {
        let files = FileManager.default
        for folder in ["bin", "etc", "tmp", "proc", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "www"] {
            try files.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        guard files.fileExists(atPath: "/bin/busybox") else {
            throw Failure(description: "no /bin/busybox: install the package busybox-static")
        }
        try files.copyItem(atPath: "/bin/busybox", toPath: root + "/bin/busybox")
        for applet in try await run("/bin/busybox", ["--list"]).split(separator: "\n") where applet != "busybox" {
            try files.createSymbolicLink(atPath: "\(root)/bin/\(applet)", withDestinationPath: "busybox")
        }
        // The C library beside getent, where its interpreter looks for it; through links, so that files are copied.
        let libraries = [
            "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libresolv.so.2",
            "/lib/ld-linux-aarch64.so.1", "/lib/aarch64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libresolv.so.2",
        ]
        for library in libraries where files.fileExists(atPath: library) {
            try await run("cp", ["-L", library, root + library])
        }
        try await run("cp", ["-L", "/usr/bin/getent", root + "/bin/getent"])
        try Data("root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n".utf8).write(to: URL(filePath: root + "/etc/passwd"))
        try Data("it works\n".utf8).write(to: URL(filePath: root + "/www/index.html"))
    }

    @discardableResult
    private static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let finished = try await Command(program, arguments).run(timeout: .seconds(60))
        guard finished.isSuccess else { throw Failure(description: "\(program) \(arguments): \(finished.errorOutput)") }
        return finished.output
    }
}
