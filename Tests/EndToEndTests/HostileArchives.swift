import FoundationEssentials
import Processes
import TestSupport
import Testing

/// Archives as nobody's `tar` would write them, and what each has to be refused with.
struct HostileArchives {
    struct Archive {
        let name: String
        let bytes: [UInt8]
        let code: String
    }

    /// - Parameter folder: For what has to be made on the disk.
    static func all(in folder: String) async throws -> [Archive] {
        let program = "import http.server\n"
        func tar(_ name: String, _ code: String, _ add: (inout TarBytes) -> Void) -> Archive {
            var tar = TarBytes()
            tar.add("main.py", text: program)
            add(&tar)
            return Archive(name: name, bytes: tar.finished, code: code)
        }
        var cut = TarBytes()
        cut.add("main.py", text: program)
        cut.add("more", claimedSize: 1 << 20)
        return [
            tar("an absolute path", "SOURCE_UNSAFE") { $0.add("/etc/switchyard-canary", text: "x") },
            tar("a path upwards", "SOURCE_UNSAFE") { $0.add("../../switchyard-canary", text: "x") },
            tar("a link out of the tree", "SOURCE_UNSAFE") { $0.add("out", .symbolicLink, link: "/etc") },
            tar("a file through a link", "SOURCE_UNSAFE") {
                $0.add("out", .symbolicLink, link: "../..")
                $0.add("out/switchyard-canary", text: "x")
            },
            tar("a hard link out of the tree", "SOURCE_UNSAFE") { $0.add("shadow", .hardLink, link: "/etc/shadow") },
            tar("a device", "SOURCE_UNSAFE") { $0.add("null", .characterDevice) },
            tar("a pipe", "SOURCE_UNSAFE") { $0.add("pipe", .pipe) },
            tar("a terabyte, as its header says", "SOURCE_TOO_LARGE") { $0.add("huge", claimedSize: 1 << 40) },
            Archive(name: "a bomb", bytes: try await bomb(in: folder), code: "SOURCE_TOO_LARGE"),
            Archive(name: "less than its header says", bytes: cut.bytes + [1, 2, 3], code: "SOURCE_UNREADABLE"),
            Archive(name: "half of a gzip", bytes: try await halfOfGzip(in: folder), code: "SOURCE_UNREADABLE"),
            Archive(name: "no archive", bytes: Array("#!/bin/sh\ntouch /tmp/switchyard-canary\n".utf8), code: "SOURCE_UNREADABLE"),
            Archive(name: "nothing", bytes: [], code: "SOURCE_UNREADABLE"),
        ]
    }

    /// 3 GiB of zeros in 3 MB.
    private static func bomb(in folder: String) async throws -> [UInt8] {
        var head = TarBytes()
        head.add("zeros", claimedSize: 3 << 30)
        let zeros = try await gzip([UInt8](repeating: 0, count: 16 << 20), in: folder)
        // A gzip file may have many members.
        return try await gzip(head.bytes, in: folder) + Array(repeatElement(zeros, count: 192).joined())
    }

    private static func halfOfGzip(in folder: String) async throws -> [UInt8] {
        var tar = TarBytes()
        var random = SystemRandomNumberGenerator()
        tar.add("noise", content: (0..<200_000).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        let whole = try await gzip(tar.finished, in: folder)
        return Array(whole.prefix(whole.count / 2))
    }

    private static func gzip(_ bytes: [UInt8], in folder: String) async throws -> [UInt8] {
        let path = folder + "/part"
        try Data(bytes).write(to: URL(filePath: path))
        try #require(await Command("gzip", ["-9", "--force", path]).run().isSuccess)
        return Array(try Data(contentsOf: URL(filePath: path + ".gz")))
    }
}
