import Glibc
import Kernel

/// Held by one process at a time, and let go by the kernel when it dies.
struct ProcessLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `ALREADY_RUNNING`.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SwitchyardError(
                .conflict, code: "ALREADY_RUNNING", "another process holds \(path)", hint: "`switchyard status`, or another SWITCHYARD_DATA"
            )
        }
    }

    func release() {
        close(descriptor)
    }
}
