import Dispatch

/// Work that blocks its thread (unpacking, looking names up) goes to a queue of its own, because the few threads that all
/// tasks share must stay free.
enum BlockingWork {
    private static let queue = DispatchQueue(label: "switchyard.builds.blocking", qos: .utility, attributes: .concurrent)

    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
