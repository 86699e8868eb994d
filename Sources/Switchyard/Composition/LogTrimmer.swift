import Glibc
import Logging

/// Keeps the logs of long-running daemons from growing without end. They hold their files open for appending, so a file is copied
/// to `.1` and emptied, and the next line begins it anew. A line that is written between the two is lost.
struct LogTrimmer: Sendable {
    let files: [String]
    /// In bytes.
    var limit = 8 << 20
    let logger: Logger

    func run() async {
        while !Task.isCancelled {
            for file in files {
                do {
                    try trim(file)
                } catch {
                    logger.warning("a log was not trimmed", metadata: ["file": "\(file)", "error": "\(error)"])
                }
            }
            try? await Task.sleep(for: .seconds(60))
        }
    }

    /// - Throws: when it can't be copied; it stays as it is then.
    func trim(_ path: String) throws {
        let source = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard source >= 0 else { return }
        defer { close(source) }
        var status = stat()
        guard fstat(source, &status) == 0, status.st_size > limit else { return }
        let draft = path + ".1.new"
        let target = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard target >= 0 else { throw Failure(code: errno) }
        defer { close(target) }
        // To the end as it is then: little is written between the last copy and the emptying.
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var count = 0
        repeat {
            count = read(source, &buffer, buffer.count)
        } while count > 0 && write(target, buffer, count) == count
        guard count == 0, ftruncate(source, 0) == 0, rename(draft, path + ".1") == 0 else {
            let code = errno
            unlink(draft)
            throw Failure(code: code)
        }
    }

    private struct Failure: Error, CustomStringConvertible {
        let code: Int32
        var description: String { String(cString: strerror(code)) }
    }
}
