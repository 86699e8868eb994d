import Crypto
import FoundationEssentials
import Glibc

/// Files by the SHA-256 of their content, in one folder. What is there is whole: a blob is written beside its place, synced,
/// and renamed into it.
public struct DiskBlobStore: Sendable {
    private let directory: String

    /// - Throws: `BLOBS_UNAVAILABLE` when the folder can't be made.
    public init(directory: String) throws {
        self.directory = directory
        for path in [directory, directory + "/incoming"] where mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw Self.failure("make the folder \(path)")
        }
    }

    /// Writes what `chunks` yields and returns its SHA-256 in hex. When it throws, or this process dies, nothing is left but
    /// a file in `incoming`, which ``removeLeftovers()`` clears.
    ///
    /// - Throws: `UPLOAD_TOO_LARGE` beyond `limit` bytes, `DISK_FULL`, or what `chunks` throws.
    public func put<Chunks: AsyncSequence>(_ chunks: Chunks, limit: Int) async throws -> String
    where Chunks.Element: Sequence<UInt8> & Sendable {
        let temporary = directory + "/incoming/" + (0..<16).map { _ in UInt8.random(in: .min ... .max) }.hex
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("make \(temporary)") }
        var isKept = false
        defer {
            close(descriptor)
            if !isKept { unlink(temporary) }
        }
        var hash = SHA256()
        var size = 0
        for try await chunk in chunks {
            let bytes = Array(chunk)
            size += bytes.count
            guard size <= limit else {
                throw SwitchyardError(
                    .tooLarge, code: "UPLOAD_TOO_LARGE", "the upload is larger than \(limit / 1_048_576) MiB",
                    hint: "leave out what the build doesn't need with .gitignore or .yardignore")
            }
            hash.update(data: bytes)
            try Self.writeAll(bytes, to: descriptor)
        }
        let name = hash.finalize().hex
        guard fsync(descriptor) == 0, rename(temporary, path(of: name)) == 0 else { throw Self.failure("keep \(name)") }
        isKept = true
        return name
    }

    /// Where a blob is, or would be.
    public func path(of sha256: String) -> String {
        directory + "/" + sha256
    }

    public func contains(_ sha256: String) -> Bool {
        access(path(of: sha256), R_OK) == 0
    }

    /// Deletes a blob; one that isn't there is gone already.
    public func delete(_ sha256: String) {
        unlink(path(of: sha256))
    }

    /// Deletes what uploads that were cut off have left: for the start, before there are new ones.
    public func removeLeftovers() {
        for name in Self.names(in: directory + "/incoming") { unlink(directory + "/incoming/" + name) }
    }

    /// Deletes the blobs that nobody needs, and says how many. One that is younger than `age` stays: its row may be on the way.
    public func collect(keeping names: Set<String>, olderThan age: Duration) -> Int {
        let limit = time(nil) - Int(age.components.seconds)
        var count = 0
        for name in Self.names(in: directory) where name != "incoming" && !names.contains(name) {
            var status = stat()
            guard stat(path(of: name), &status) == 0, status.st_mtim.tv_sec < limit else { continue }
            delete(name)
            count += 1
        }
        return count
    }

    private static func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure("write an upload") }
            rest = rest.dropFirst(count)
        }
    }

    private static func failure(_ what: String) -> SwitchyardError {
        let number = errno
        let isFull = number == ENOSPC || number == EDQUOT
        return SwitchyardError(
            .unavailable, code: isFull ? "DISK_FULL" : "BLOBS_UNAVAILABLE", "could not \(what): \(String(cString: strerror(number)))",
            hint: isFull ? "free some space in the data folder, and try again" : "check the data folder's owner and rights")
    }
}
