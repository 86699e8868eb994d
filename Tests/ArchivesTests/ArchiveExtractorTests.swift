import Archives
import FoundationEssentials
import Glibc
import Processes
import TestSupport
import Testing

@Suite("ArchiveExtractor")
struct ArchiveExtractorTests {
    /// A folder with `inside` to unpack into and `outside` to be left alone; removed at the end.
    private func unpack(
        _ bytes: [UInt8], limits: ArchiveExtractor.Limits = .init(), then check: (String) throws -> Void = { _ in }
    ) throws -> ArchiveError? {
        let folder = "/tmp/archives-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/inside", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/outside", withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: folder + "/archive"))
        var failure: ArchiveError?
        do throws(ArchiveError) {
            try ArchiveExtractor(limits: limits).extract(archiveAt: folder + "/archive", into: folder + "/inside")
        } catch {
            failure = error
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/outside") == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["archive", "inside", "outside"])
        try check(folder + "/inside")
        return failure
    }

    private func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("a tar is unpacked with its folders, links, modes and times")
    func unpacksTar() throws {
        var tar = TarBytes()
        tar.add("./", .folder, mode: 0o755)
        tar.add("./src/", .folder, mode: 0o700)
        tar.add("./src/main.py", text: "print()\n")
        tar.add("run.sh", text: "#!/bin/sh\n", mode: 0o4777)
        tar.add("current", .symbolicLink, link: "src/main.py")
        tar.add("src/same", .hardLink, link: "src/main.py")
        tar.add("src/up", .symbolicLink, link: "../run.sh")
        let failure = try unpack(tar.finished) { inside in
            #expect(text(inside + "/src/main.py") == "print()\n")
            #expect(text(inside + "/current") == "print()\n")
            #expect(text(inside + "/src/same") == "print()\n")
            #expect(text(inside + "/src/up") == "#!/bin/sh\n")
            var status = stat()
            #expect(stat(inside + "/run.sh", &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o755, "set-id bits and other people's rights to write are gone")
            #expect(status.st_mtim.tv_sec == 1_700_000_000)
            #expect(stat(inside + "/src/main.py", &status) == 0 && status.st_mode & 0o7777 == 0o644)
        }
        #expect(failure == nil)
    }

    @Test("a zip is unpacked")
    func unpacksZip() throws {
        var zip = ZipBytes()
        zip.add("folder/a.txt", content: Array("a".utf8))
        zip.add("start.sh", content: Array("#!/bin/sh".utf8), mode: 0o100755)
        let failure = try unpack(zip.finished) { inside in
            #expect(text(inside + "/folder/a.txt") == "a")
            #expect(access(inside + "/start.sh", X_OK) == 0)
        }
        #expect(failure == nil)
    }

    @Test("gzip and zstd are recognised by their content", arguments: ["gzip", "zstd"])
    func unpacksCompressed(program: String) async throws {
        var tar = TarBytes()
        tar.add("a.txt", text: "a")
        let path = "/tmp/archives-test-\(UUID().uuidString).tar"
        defer { for suffix in ["", ".packed"] { unlink(path + suffix) } }
        try Data(tar.finished).write(to: URL(filePath: path))
        let arguments = program == "gzip" ? ["-k", "-S", ".packed", path] : ["-q", path, "-o", path + ".packed"]
        try #require(await Command(program, arguments).run().isSuccess)
        let packed = try #require(FileManager.default.contents(atPath: path + ".packed"))
        let failure = try unpack(Array(packed)) { #expect(text($0 + "/a.txt") == "a") }
        #expect(failure == nil)
    }

    @Test(
        "odd names are allowed as names of files",
        arguments: ["-rf", "--help", "a b", "new\nline", "quote'\"`$(touch x)", "é☃😀", "\\..\\x", "....", "nul\u{1}", "a:b|c*?"])
    func takesOddNames(name: String) throws {
        var tar = TarBytes()
        tar.add("./" + name, text: "x")
        let failure = try unpack(tar.finished) { (inside) throws in
            #expect(try FileManager.default.contentsOfDirectory(atPath: inside) == [name])
        }
        #expect(failure == nil)
    }

    @Test(
        "a path that leads out of the folder is refused",
        arguments: ["/etc/passwd", "//outside/x", "../outside/x", "a/../../outside/x", "..", "a/..", "./../outside/x"])
    func refusesPathsOut(name: String) throws {
        var tar = TarBytes()
        tar.add(name, text: "x")
        #expect(try unpack(tar.finished)?.code == .unsafePath)
        var zip = ZipBytes()
        zip.add(name, content: [1])
        #expect(try unpack(zip.finished)?.code == .unsafePath)
    }

    @Test(
        "a link that leads out is refused, and so is what is written through a link",
        arguments: ["/etc", "../outside", "..", "a/../../x", "../inside/../outside"])
    func refusesLinksOut(target: String) throws {
        var alone = TarBytes()
        alone.add("link", .symbolicLink, link: target)
        #expect(try unpack(alone.finished)?.code == .unsafeLink)
        var through = TarBytes()
        through.add("link", .symbolicLink, link: target)
        through.add("link/x", text: "x")
        #expect(try unpack(through.finished)?.code == .unsafeLink)
        var replaced = TarBytes()
        replaced.add("link", .symbolicLink, link: target)
        replaced.add("link", text: "x")
        #expect(try unpack(replaced.finished)?.code == .unsafeLink)
        var zip = ZipBytes()
        zip.add("link", content: Array(target.utf8), mode: 0o120777)
        zip.add("link/x", content: [1])
        #expect(try unpack(zip.finished)?.code == .unsafeLink)
    }

    @Test("links that lead out only together are refused")
    func refusesLinksThatLeadOutTogether() throws {
        var tar = TarBytes()
        tar.add("a/b/", .folder, mode: 0o755)
        tar.add("a/b/top", .symbolicLink, link: "../..")
        tar.add("a/b/out", .symbolicLink, link: "top/../outside")
        #expect(try unpack(tar.finished)?.code == .unsafeLink)
        var circle = TarBytes()
        circle.add("a", .symbolicLink, link: "b")
        circle.add("b", .symbolicLink, link: "a")
        #expect(try unpack(circle.finished)?.code == .unsafeLink)
        var bomb = TarBytes()
        bomb.add("l0", .symbolicLink, link: ".")
        for index in 1...30 { bomb.add("l\(index)", .symbolicLink, link: "l\(index - 1)/l\(index - 1)") }
        #expect(try unpack(bomb.finished)?.code == .unsafeLink)
    }

    @Test("a hard link to what isn't in the archive is refused", arguments: ["/etc/passwd", "../outside/x", "later.txt", "link", "folder"])
    func refusesHardLinksOut(target: String) throws {
        var tar = TarBytes()
        tar.add("folder/", .folder, mode: 0o755)
        tar.add("link", .symbolicLink, link: "folder")
        tar.add("hard", .hardLink, link: target)
        tar.add("later.txt", text: "x")
        let code = try unpack(tar.finished)?.code
        #expect(code == .unsafeLink || code == .unsafePath)
    }

    @Test("devices and pipes are refused", arguments: [TarBytes.Kind.characterDevice, .blockDevice, .pipe])
    func refusesDevices(kind: TarBytes.Kind) throws {
        var tar = TarBytes()
        tar.add("null", kind)
        let failure = try unpack(tar.finished) { (inside) throws in
            #expect(try FileManager.default.contentsOfDirectory(atPath: inside) == [])
        }
        #expect(failure?.code == .unsupportedEntry)
    }

    @Test("two entries of one name: a second file replaces the first, other pairs are refused")
    func handlesDuplicates() throws {
        var files = TarBytes()
        files.add("a", text: "one")
        files.add("./a", text: "two")
        let replaced = try unpack(files.finished) { #expect(text($0 + "/a") == "two") }
        #expect(replaced == nil)
        var link = TarBytes()
        link.add("a", text: "one")
        link.add("a", .symbolicLink, link: "b")
        #expect(try unpack(link.finished)?.code == .conflictingEntries)
        var folder = TarBytes()
        folder.add("a/b", text: "one")
        folder.add("a", .symbolicLink, link: "c")
        #expect(try unpack(folder.finished)?.code == .conflictingEntries)
    }

    @Test("bytes, entries and depth are limited")
    func enforcesLimits() throws {
        var large = TarBytes()
        for index in 0..<5 { large.add("\(index)", content: [UInt8](repeating: 1, count: 1000)) }
        #expect(try unpack(large.finished, limits: .init(maximumBytes: 4999))?.code == .tooManyBytes)
        #expect(try unpack(large.finished, limits: .init(maximumBytes: 5000)) == nil)
        #expect(try unpack(large.finished, limits: .init(maximumFiles: 4))?.code == .tooManyFiles)
        var deep = TarBytes()
        deep.add("a/b/c/d/e", text: "x")
        #expect(try unpack(deep.finished, limits: .init(maximumDepth: 3))?.code == .tooDeep)
        #expect(try unpack(deep.finished, limits: .init(maximumDepth: 4)) == nil)
    }

    @Test("a million entries end at the limit, at once")
    func stopsAtManyEntries() throws {
        var one = TarBytes()
        one.add("same", .folder, mode: 0o755)
        let many = Array(repeatElement(one.bytes, count: 20_000).joined())
        #expect(try unpack(many, limits: .init(maximumFiles: 10_000))?.code == .tooManyFiles)
    }

    @Test("a size of a terabyte is refused before anything is written")
    func refusesClaimedTerabyte() throws {
        var tar = TarBytes()
        tar.add("huge", claimedSize: 1 << 40)
        #expect(try unpack(tar.finished)?.code == .tooManyBytes)
    }

    @Test("a hole of a terabyte counts as a terabyte")
    func refusesHoles() async throws {
        let place = try SourcePlace()
        try #require(await Command("truncate", ["-s", "1T", place.source + "/hole"]).run().isSuccess)
        try #require(await Command("tar", ["-S", "-cf", place.root + "/a.tar", "-C", place.source, "hole"]).run().isSuccess)
        let bytes = try #require(FileManager.default.contents(atPath: place.root + "/a.tar"))
        #expect(bytes.count < 1 << 20)
        #expect(try unpack(Array(bytes))?.code == .tooManyBytes)
    }

    @Test("a bomb ends at the ratio", arguments: ["gzip", "zstd", "zip"])
    func refusesBombs(program: String) async throws {
        let place = try SourcePlace()
        try Data([UInt8](repeating: 0, count: 8 << 20)).write(to: URL(filePath: place.source + "/zeros"))
        let packed = place.root + "/packed"
        let command =
            program == "zip"
            ? Command("python3", ["-m", "zipfile", "-c", packed, "zeros"], directory: place.source)
            : Command("tar", ["--" + program, "-cf", packed, "zeros"], directory: place.source)
        try #require(await command.run().isSuccess)
        let bytes = Array(try #require(FileManager.default.contents(atPath: packed)))
        #expect(bytes.count < 64 << 10)
        #expect(try unpack(bytes, limits: .init(ratioGraceBytes: 1 << 20))?.code == .implausibleRatio)
        #expect(try unpack(bytes) == nil, "small archives may be as dense as they like")
    }

    @Test("names that stand beside an entry's header are judged like those in it")
    func refusesExtendedNames() throws {
        for (name, code) in [("../outside/x", ArchiveError.Code.unsafePath), ("/etc/x", .unsafePath)] {
            var pax = TarBytes()
            pax.add("pax", .extended, content: Self.record("path", name))
            pax.add("harmless", text: "x")
            #expect(try unpack(pax.finished)?.code == code)
            var long = TarBytes()
            long.add("././@LongLink", .longName, content: Array(name.utf8) + [0])
            long.add("harmless", text: "x")
            #expect(try unpack(long.finished)?.code == code)
        }
        var link = TarBytes()
        link.add("pax", .extended, content: Self.record("linkpath", "../outside"))
        link.add("harmless", .symbolicLink, link: "inside")
        #expect(try unpack(link.finished)?.code == .unsafeLink)
        var size = TarBytes()
        size.add("pax", .extended, content: Self.record("size", "1099511627776"))
        size.add("harmless", text: "x")
        #expect(try unpack(size.finished)?.code == .tooManyBytes)
    }

    /// A record of pax: its length in decimal counts itself.
    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n"
        var length = rest.utf8.count + 1
        while "\(length)".utf8.count + rest.utf8.count != length { length += 1 }
        return Array("\(length)\(rest)".utf8)
    }

    @Test("a compressed archive that is cut off is refused wherever it is cut", arguments: ["gzip", "zstd"])
    func refusesHalves(program: String) async throws {
        let place = try SourcePlace()
        var random = SystemRandomNumberGenerator()
        let noise = (0..<100_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try Data(noise).write(to: URL(filePath: place.source + "/noise"))
        let packed = place.root + "/packed"
        try #require(await Command("tar", ["--" + program, "-cf", packed, "noise"], directory: place.source).run().isSuccess)
        let bytes = Array(try #require(FileManager.default.contents(atPath: packed)))
        for count in [1, 10, 100, bytes.count / 2, bytes.count - 1000] {
            let code = try unpack(Array(bytes.prefix(count)))?.code
            #expect(code == .damaged || code == .notAnArchive, "\(count) of \(bytes.count)")
        }
    }

    @Test("what is no archive, or only the beginning of one, is refused")
    func refusesDamage() throws {
        #expect(try unpack(Array("#!/bin/sh\nnot an archive at all\n".utf8))?.code == .notAnArchive)
        #expect(try unpack([])?.code == .notAnArchive)
        #expect(try unpack([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3])?.code == .notAnArchive)
        var tar = TarBytes()
        tar.add("a", text: "x")
        tar.add("b", content: [UInt8](repeating: 1, count: 4000))
        #expect(try unpack(Array(tar.bytes.prefix(2048)))?.code == .damaged)
    }

    @Test("names that aren't UTF-8 are refused, and messages hold no control characters")
    func escapesNames() throws {
        var tar = TarBytes()
        tar.add("a", text: "x")
        var bytes = tar.finished
        bytes[0] = 0xFF
        // The checksum is the sum of the header's bytes.
        let sum = bytes[0..<512].enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        for (index, byte) in String(sum, radix: 8).utf8.enumerated() { bytes[148 + index + (6 - String(sum, radix: 8).utf8.count)] = byte }
        #expect(try unpack(bytes)?.code == .unsafePath)
        var newline = TarBytes()
        newline.add("../\u{1B}[31m\nx", text: "x")
        let message = try #require(try unpack(newline.finished)?.message)
        #expect(message.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }

    @Test("a folder or an archive that isn't there is an error of the system")
    func reportsMissingFiles() {
        #expect(throws: ArchiveError.self) { try ArchiveExtractor().extract(archiveAt: "/nonexistent", into: "/tmp") }
        #expect(throws: ArchiveError.self) { try ArchiveExtractor().extract(archiveAt: "/etc/passwd", into: "/nonexistent") }
        #expect(throws: ArchiveError.self) { try ArchiveExtractor().extract(archiveAt: "/tmp", into: "/tmp") }
    }

    @Test("cancelling ends the work")
    func cancels() throws {
        var tar = TarBytes()
        tar.add("a", text: "x")
        let path = "/tmp/archives-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(atPath: path + "/inside", withIntermediateDirectories: true)
        try Data(tar.finished).write(to: URL(filePath: path + "/archive"))
        let failure = #expect(throws: ArchiveError.self) {
            try ArchiveExtractor().extract(archiveAt: path + "/archive", into: path + "/inside", isCancelled: { true })
        }
        #expect(failure?.code == .cancelled)
    }
}
