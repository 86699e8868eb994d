import Glibc
import NIOCore
import NIOPosix

/// A file as the body of a request: read piece by piece, on threads that may wait for a disk.
struct FileBody: AsyncSequence, Sendable {
    /// In bytes, when it was opened.
    let size: Int64
    private let file: OpenFile

    private static let pieceSize = 1 << 20

    /// - Throws: ``EngineError`` when there is no such file.
    init(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw EngineError(.invalid, "\(path) can't be read: \(String(cString: strerror(errno)))") }
        file = OpenFile(descriptor: descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw EngineError(.invalid, "\(path) is not a file")
        }
        size = Int64(status.st_size)
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(file: file)
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let file: OpenFile
        private var offset = 0

        fileprivate init(file: OpenFile) {
            self.file = file
        }

        mutating func next() async throws -> ByteBuffer? {
            let (file, position) = (file, offset)
            let piece = try await NIOThreadPool.singleton.runIfActive { try file.read(at: position, FileBody.pieceSize) }
            offset += piece.readableBytes
            return piece.readableBytes > 0 ? piece : nil
        }
    }

    /// Closed when nobody reads it any more.
    fileprivate final class OpenFile: Sendable {
        private let descriptor: Int32

        init(descriptor: Int32) {
            self.descriptor = descriptor
        }

        deinit {
            close(descriptor)
        }

        func read(at offset: Int, _ size: Int) throws -> ByteBuffer {
            var buffer = ByteBuffer()
            var failure: Int32 = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { bytes in
                let count = pread(descriptor, bytes.baseAddress, size, off_t(offset))
                if count < 0 { failure = errno }
                return Swift.max(0, count)
            }
            guard failure == 0 else { throw EngineError(.invalid, "a file can't be read: \(String(cString: strerror(failure)))") }
            return buffer
        }
    }
}
