import FoundationEssentials
import Glibc
import Processes
import TestSupport
import Testing

@testable import Archives

@Suite("ArchiveWriter")
struct ArchiveWriterTests {
    @Test("what the system's tar unpacks is what was in the folder", arguments: [ArchiveWriter.Compression.fastGzip, .none])
    func roundTrip(compression: ArchiveWriter.Compression) async throws {
        let place = try SourcePlace()
        let long = String(repeating: "long-name-", count: 20) + "ü.txt"
        let big = String(repeating: "0123456789abcdef", count: 50_000)
        try place.add("main.py", "print('hello')\n")
        try place.add("empty")
        try place.add("deep/er/\(long)", "long")
        try place.add("big", big)
        try place.add("run.sh", "#!/bin/sh\n")
        #expect(chmod("\(place.source)/run.sh", 0o4755) == 0)
        #expect(symlink("../main.py", "\(place.source)/deep/link") == 0)
        #expect(mkdir("\(place.source)/nothing", 0o750) == 0)
        let summary = try place.archive(ArchiveWriter(compression: compression))
        #expect(summary.files == 5)
        #expect(summary.warnings.isEmpty)

        let out = place.root + "/out"
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        let unpacked = try await Command("tar", ["-xpf", "\(place.root)/a.tar", "-C", out]).run()
        #expect(unpacked.isSuccess, "\(unpacked.errorOutput)")
        let same = try await Command("diff", ["-r", place.source, out]).run()
        #expect(same.isSuccess, "\(same.output)")
        var status = stat()
        #expect(stat("\(out)/run.sh", &status) == 0 && status.st_mode & 0o7777 == 0o755, "set-id bits do not travel")
        #expect(stat("\(out)/nothing", &status) == 0 && status.st_mode & 0o7777 == 0o750)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(out)/deep/link") == "../main.py")
    }

    @Test("the same files give the same bytes, in the order of their names")
    func isDeterministic() async throws {
        let place = try SourcePlace()
        for name in ["b", "a/z", "a-b", "B", "a/y"] { try place.add(name, name) }
        _ = try place.archive(named: "1")
        _ = try place.archive(named: "2")
        #expect(FileManager.default.contents(atPath: place.root + "/1") == FileManager.default.contents(atPath: place.root + "/2"))
        #expect(try await place.names("1") == ["B", "a/", "a/y", "a/z", "a-b", "b"])
    }

    @Test("an archive that is written here can be unpacked by the server")
    func extractorTakesIt() throws {
        let place = try SourcePlace()
        try place.add("src/ünïcode.txt", "text")
        #expect(symlink("src", "\(place.source)/current") == 0)
        _ = try place.archive()
        let out = place.root + "/out"
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        try ArchiveExtractor(limits: .init(maximumBytes: 1 << 20, maximumFiles: 10)).extract(archiveAt: "\(place.root)/a.tar", into: out)
        #expect(FileManager.default.contents(atPath: "\(out)/current/ünïcode.txt") == Data("text".utf8))
    }

    @Test("ignore files, .yardignore over .gitignore, and .git are honoured")
    func honoursIgnoreFiles() async throws {
        let place = try SourcePlace()
        try place.add(".gitignore", "*.log\ndist/\nsecret\n")
        try place.add(".yardignore", "!dist/\ntests/\n!important.log\n!__pycache__/\n")
        try place.add("sub/.gitignore", "!kept.log\n")
        for path in [
            ".git/config", "sub/.git", "main.py", "x.log", "important.log", "dist/app.js", "tests/a.py", "sub/kept.log", "sub/x.log",
            "secret",
            "node_modules/m/index.js", ".venv/bin/python", "sub/__pycache__/a.pyc",
        ] {
            try place.add(path)
        }
        _ = try place.archive()
        #expect(
            try await place.names().filter { !$0.hasSuffix("/") } == [
                ".gitignore", ".yardignore", "dist/app.js", "important.log", "main.py", "sub/.gitignore", "sub/__pycache__/a.pyc",
                "sub/kept.log",
            ])
    }

    @Test("in a repository, the .gitignore files above the folder hold too")
    func honoursRulesAbove() async throws {
        let place = try SourcePlace()
        try place.add("../.git/HEAD", "")
        try place.add("../.gitignore", "/source/out\n*.tmp\n")
        try place.add("out/x")
        try place.add("a.tmp")
        try place.add("main.go")
        _ = try place.archive()
        #expect(try await place.names() == ["main.go"])
    }

    @Test("links that lead out, sockets and pipes are left out with a warning")
    func skipsWhatCannotTravel() async throws {
        let place = try SourcePlace()
        try place.add("main.py")
        #expect(symlink("/etc/passwd", "\(place.source)/absolute") == 0)
        #expect(symlink("../../etc", "\(place.source)/climbs") == 0)
        #expect(symlink("a/../../source/main.py", "\(place.source)/around") == 0)
        #expect(mkfifo("\(place.source)/pipe", 0o600) == 0)
        let summary = try place.archive()
        #expect(try await place.names() == ["main.py"])
        #expect(summary.warnings.count == 4)
        #expect(summary.warnings.contains { $0.hasPrefix("pipe ") })
    }

    @Test("too many files or bytes are an error that names the largest folder")
    func isBounded() throws {
        let place = try SourcePlace()
        for index in 0..<20 { try place.add("data/\(index)", "xxxxxxxxxx") }
        let tooMany = #expect(throws: ArchiveWriterError.self) { try place.archive(ArchiveWriter(limits: .init(entries: 10))) }
        #expect(tooMany?.code == .tooLarge)
        #expect(tooMany?.hint?.contains("data") == true)
        let tooLarge = #expect(throws: ArchiveWriterError.self) { try place.archive(ArchiveWriter(limits: .init(bytes: 100))) }
        #expect(tooLarge?.code == .tooLarge)
    }

    @Test("a file that cannot be read, or became shorter, is named")
    func namesFilesThatFail() throws {
        let place = try SourcePlace()
        try place.add("short.txt", "only this")
        let descriptor = open("\(place.root)/a.tar", O_CREAT | O_RDWR, 0o600)
        defer { close(descriptor) }
        let gone = ArchiveWriterEntry(path: "gone.key", kind: .file(size: 5), mode: 0o644, modified: 0)
        let shorter = ArchiveWriterEntry(path: "short.txt", kind: .file(size: 500), mode: 0o644, modified: 0)
        for (entry, code) in [(gone, ArchiveWriterError.Code.unreadable), (shorter, .changed)] {
            let error = #expect(throws: ArchiveWriterError.self) {
                let stream = try ArchiveWriterStream.open(descriptor: descriptor, compression: .none)
                try stream.append(entry, root: place.source)
            }
            #expect(error?.code == code)
            #expect(error?.message.contains(entry.path) == true)
        }
    }

    @Test("an ignore file that cannot be read is an error, not an upload of everything")
    func unreadableIgnoreFile() throws {
        let place = try SourcePlace()
        #expect(symlink(".gitignore", "\(place.source)/.gitignore") == 0)
        let error = #expect(throws: ArchiveWriterError.self) { try place.archive() }
        #expect(error?.code == .unreadable)
        #expect(error?.message.contains(".gitignore") == true)
    }

    @Test("a folder that isn't there is named")
    func missingFolder() throws {
        let place = try SourcePlace()
        let error = #expect(throws: ArchiveWriterError.self) { try ArchiveWriter().write(folder: place.root + "/nowhere", to: 1) }
        #expect(error?.code == .notAFolder)
        #expect(error?.message.contains("nowhere") == true)
    }

    @Test("an archive that cannot be written is an error")
    func fullDisk() throws {
        let place = try SourcePlace()
        try place.add("big", String(repeating: "x", count: 1 << 20))
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        let error = #expect(throws: ArchiveWriterError.self) { try ArchiveWriter(compression: .none).write(folder: place.source, to: full) }
        #expect(error?.code == .notWritten)
    }
}
