import Glibc

/// An advisory lock between processes; the kernel lets go of it when its holder dies.
struct FileLock: ~Copyable {
    private let file: Int32

    /// Waits until nobody else holds it; at most 30 s.
    static func acquire(_ path: String) async throws(ProcessError) -> FileLock {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ProcessError(.controlFailed, "\(path) could not be opened: \(systemMessage(errno))") }
        let end = ContinuousClock.now + .seconds(30)
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let error = errno
            guard error == EWOULDBLOCK || error == EINTR, ContinuousClock.now < end, !Task.isCancelled else {
                close(file)
                throw ProcessError(.controlFailed, "\(path) is held by another process")
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return FileLock(file: file)
    }

    /// The unlock is said, not left to close(2): a child between fork and exec may hold the same open file.
    func release() {
        flock(file, LOCK_UN)
        close(file)
    }
}
