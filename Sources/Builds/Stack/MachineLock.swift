import Glibc
import Kernel

/// A lock between all processes of the machine, by a file (flock(2)): it ends with its holder, whatever happens to it.
struct MachineLock: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Nil when somebody else holds it.
    /// - Throws: `SwitchyardError` when the file can't be opened.
    static func tryAcquire(_ path: String) throws -> MachineLock? {
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else {
                throw SwitchyardError(
                    .internalFault, code: "LOCK_UNAVAILABLE", "the lock \(path) could not be opened: \(String(cString: strerror(errno)))")
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                return nil
            }
            // The former holder may have removed the file between the two calls: then this lock is nobody's.
            var (held, present) = (stat(), stat())
            if fstat(descriptor, &held) == 0, stat(path, &present) == 0, held.st_ino == present.st_ino {
                return MachineLock(descriptor: descriptor, path: path)
            }
            close(descriptor)
        }
    }

    /// Waits until it is free, looking five times a second; `onWait` is called once when somebody else holds it.
    static func acquire(_ path: String, onWait: () async -> Void = {}) async throws -> MachineLock {
        var hasWaited = false
        while true {
            if let lock = try tryAcquire(path) { return lock }
            if !hasWaited { await onWait() }
            hasWaited = true
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Ends the lock and removes its file.
    consuming func discard() {
        unlink(path)
    }

    deinit {
        close(descriptor)
    }
}
