import FoundationEssentials
import Glibc
import Kernel
import Testing

@testable import Builds

@Suite("SourceDirectory and SourceTree")
struct SourceDirectoryTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/source-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/source/services/api", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/secret", withIntermediateDirectories: true)
        try Data("print()".utf8).write(to: URL(filePath: folder + "/source/services/api/main.py"))
        try Data("secret".utf8).write(to: URL(filePath: folder + "/secret/main.py"))
        #expect(symlink("../secret", folder + "/source/out") == 0)
        #expect(symlink("services", folder + "/source/in") == 0)
        #expect(symlink("../../../secret/main.py", folder + "/source/services/api/app.py") == 0)
        #expect(symlink("main.py", folder + "/source/services/api/server.py") == 0)
        try body(folder + "/source")
    }

    @Test("a root directory is a folder of the source", arguments: ["services/api", "/services/api/", "./services//api", "in/api"])
    func resolves(path: String) throws {
        try withFolder { (source) throws in
            let resolved = try SourceDirectory.resolve(path, in: source)
            #expect(try SourceTree.scan(resolved).has("main.py"))
        }
    }

    @Test("no root directory is the whole source", arguments: [nil, "", "  ", "/", "."])
    func resolvesNothing(path: String?) throws {
        try withFolder { (source) throws in #expect(try SourceDirectory.resolve(path, in: source) == source) }
    }

    @Test(
        "paths that lead out or nowhere are refused",
        arguments: [
            ("..", "INVALID"), ("../secret", "INVALID"), ("services/../../secret", "INVALID"), ("//etc", "INVALID"), ("a\nb", "INVALID"),
            ("a\u{0}b", "INVALID"),
            (String(repeating: "a", count: 5000), "INVALID"), ("out", "NOT_FOUND"), ("missing", "NOT_FOUND"),
            ("services/api/main.py", "NOT_FOUND"),
            ("-rf", "NOT_FOUND"), ("$(touch x)", "NOT_FOUND"), ("....//", "NOT_FOUND"), ("..%2f..%2fetc", "NOT_FOUND"),
            ("\\..\\..", "NOT_FOUND"),
            ("etc/passwd", "NOT_FOUND"), ("/proc/self/environ", "NOT_FOUND"),
        ])
    func refuses(path: String, code: String) throws {
        try withFolder { (source) throws in
            let error = #expect(throws: SwitchyardError.self) { try SourceDirectory.resolve(path, in: source) }
            #expect(error?.code == "ROOT_DIRECTORY_\(code)")
        }
    }

    @Test("links to files outside are not seen, links to files inside are")
    func skipsLinksOut() throws {
        try withFolder { (source) throws in
            let tree = try SourceTree.scan(source + "/services/api")
            #expect(tree.files == ["main.py", "server.py"])
            #expect(tree.text("server.py") == "print()")
        }
    }
}
