@preconcurrency import Dispatch
import Glibc

/// Signals as values.
enum Signals {
    /// Each time the signal comes. While the stream lives, the signal does nothing else.
    static func stream(of number: Int32) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // Dispatch sees a signal only when its default action doesn't come first.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { continuation.yield() }
        source.setCancelHandler { signal(number, SIG_DFL) }
        continuation.onTermination = { _ in source.cancel() }
        source.activate()
        return stream
    }
}
