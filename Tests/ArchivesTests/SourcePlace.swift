import Archives
import FoundationEssentials
import Glibc
import Processes
import TestSupport
import Testing

/// A folder of source, and a place beside it for its archive and what comes out of that.
final class SourcePlace: Sendable {
    let root: String
    var source: String { root + "/source" }

    init() throws {
        let folder = try TestFolder.make()
        try FileManager.default.createDirectory(atPath: folder + "/source", withIntermediateDirectories: true)
        root = folder
    }

    deinit { TestFolder.remove(root) }

    /// Writes a file, and the folders around it.
    func add(_ path: String, _ text: String = "") throws {
        let full = "\(source)/\(path)"
        let folder = full.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: full))
    }

    func archive(_ writer: ArchiveWriter = ArchiveWriter(), named name: String = "a.tar") throws -> ArchiveWriter.Summary {
        let descriptor = open("\(root)/\(name)", O_CREAT | O_RDWR | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        return try writer.write(folder: source, to: descriptor)
    }

    /// The archive's entries as the system's tar lists them.
    func names(_ name: String = "a.tar") async throws -> [String] {
        let listed = try await Command("tar", ["--quoting-style=literal", "-tf", "\(root)/\(name)"]).run()
        try #require(listed.isSuccess, "\(listed.errorOutput)")
        return listed.output.split(separator: "\n").map(String.init)
    }
}
