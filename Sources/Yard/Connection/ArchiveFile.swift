import Archives
import Glibc
import NIOCore

/// An archive of a folder, in a temporary file that has no name: it is gone when the process is, however it ends.
final class ArchiveFile: Sendable {
    let descriptor: Int32
    let size: Int64
    let contentType: String
    let summary: ArchiveWriter.Summary

    /// Writes the archive. Compressed, unless it doesn't leave this machine.
    init(folder: String, isCompressed: Bool, temporaryFolder: String) throws {
        var template = Array("\(temporaryFolder)/yard-XXXXXX".utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkstemp($0) } ?? -1
        }
        guard descriptor >= 0 else {
            throw YardError(
                .failed, code: "ARCHIVE_FAILED", "no temporary file can be made in \(temporaryFolder): \(String(cString: strerror(errno)))",
                hint: "Set TMPDIR to a folder with room.")
        }
        _ = template.withUnsafeBufferPointer { buffer in buffer.baseAddress.map { unlink($0) } }
        self.descriptor = descriptor
        do {
            summary = try ArchiveWriter(compression: isCompressed ? .fastGzip : .none).write(folder: folder, to: descriptor)
            size = Int64(lseek(descriptor, 0, SEEK_END))
            contentType = isCompressed ? "application/gzip" : "application/x-tar"
        } catch {
            let status: ExitStatus = error.code == .notAFolder ? .notFound : .failed
            throw YardError(status, code: "ARCHIVE_FAILED", error.message, hint: error.hint)
        }
    }

    deinit {
        close(descriptor)
    }

    /// The bytes in parts of at most 256 KiB. Each iteration begins at the start.
    var parts: Parts { Parts(file: self) }

    struct Parts: AsyncSequence, Sendable {
        let file: ArchiveFile

        func makeAsyncIterator() -> Iterator { Iterator(file: file) }

        struct Iterator: AsyncIteratorProtocol {
            let file: ArchiveFile
            var position: Int64 = 0

            mutating func next() async throws -> ByteBuffer? {
                var buffer = ByteBufferAllocator().buffer(capacity: 1 << 18)
                let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1 << 18) {
                    Swift.max(0, pread(file.descriptor, $0.baseAddress, $0.count, off_t(position)))
                }
                guard count > 0 else {
                    guard position == file.size else {
                        throw YardError(.failed, code: "ARCHIVE_FAILED", "the temporary archive cannot be read to its end")
                    }
                    return nil
                }
                position += Int64(count)
                return buffer
            }
        }
    }
}
