import FoundationEssentials
import Glibc
import Logging
import TestSupport
import Testing

@testable import Switchyard

@Suite("Logs of daemons")
struct LogTrimmerTests {
    @Test("a log over the limit is copied aside and emptied, and whoever has it open writes on")
    func trims() throws {
        let folder = try TestFolder.make()
        defer { TestFolder.remove(folder) }
        let path = folder + "/engine.log"
        let writer = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        defer { close(writer) }
        func append(_ text: String) { #expect(write(writer, text, text.utf8.count) == text.utf8.count) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let trimmer = LogTrimmer(files: [path], limit: 1000, logger: logger)

        let first = String(repeating: "a line of a hundred bytes\n", count: 100)
        append("short\n")
        try trimmer.trim(path)
        #expect(!FileManager.default.fileExists(atPath: path + ".1"))
        append(first)
        try trimmer.trim(path)
        append("second\n")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "second\n")
        #expect(try String(contentsOfFile: path + ".1", encoding: .utf8) == "short\n" + first)

        append(first)
        try trimmer.trim(path)
        #expect(try String(contentsOfFile: path + ".1", encoding: .utf8) == "second\n" + first)
        try trimmer.trim(folder + "/nothing")
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == ["engine.log", "engine.log.1"])
    }
}
