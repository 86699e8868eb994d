internal import Glibc
internal import Synchronization

/// A process that a test needs. A thread of its own starts it and waits for its end: the kernel's parent-death signal, which keeps a crashed
/// test run from leaving servers behind, is tied to the thread that started the child.
final class ChildProcess: Sendable {
    struct CannotStart: Error {
        let program: String
        let code: Int32
    }

    let id: pid_t
    private let ending = Mutex<(status: Int32?, waiters: [CheckedContinuation<Int32, Never>])>((nil, []))

    private init(id: pid_t) {
        self.id = id
    }

    /// Starts a program, found by its path; its output goes to the end of a file.
    static func start(_ arguments: [String], output: String) async throws -> ChildProcess {
        try await withCheckedThrowingContinuation { continuation in
            runOnOwnThread {
                var id = pid_t()
                let code = spawn(arguments, output: output, &id)
                guard code == 0 else {
                    continuation.resume(throwing: CannotStart(program: arguments.first ?? "", code: code))
                    return
                }
                let child = ChildProcess(id: id)
                continuation.resume(returning: child)
                var status: Int32 = 0
                while waitpid(id, &status, 0) == -1, errno == EINTR {}
                child.ended(status)
            }
        }
    }

    /// The wait status, once it has ended: 0 is success.
    var exitStatus: Int32 {
        get async {
            await withCheckedContinuation { continuation in
                let status = ending.withLock { ending in
                    if ending.status == nil { ending.waiters.append(continuation) }
                    return ending.status
                }
                if let status { continuation.resume(returning: status) }
            }
        }
    }

    var isRunning: Bool { ending.withLock { $0.status == nil } }

    func signal(_ number: Int32) {
        ending.withLock { ending in
            if ending.status == nil { _ = kill(id, number) }
        }
    }

    private func ended(_ status: Int32) {
        let waiters = ending.withLock { ending in
            ending.status = status
            defer { ending.waiters = [] }
            return ending.waiters
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }
}

private func spawn(_ arguments: [String], output: String, _ id: inout pid_t) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let copies = arguments.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return posix_spawn(&id, arguments.first ?? "", &actions, nil, copies + [nil], environ)
}

private final class ThreadBody {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}

private func runOnOwnThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(ThreadBody(body))
    let status = pthread_create(
        &thread, nil,
        { context in
            guard let context else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, context.toOpaque())
    if status == 0 { pthread_detach(thread) }
}
