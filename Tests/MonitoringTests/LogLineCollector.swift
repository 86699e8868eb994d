import Kernel
import Resources

@testable import Monitoring

/// Reads lines as a client does, until it has seen enough.
struct LogLineCollector {
    private struct Enough: Error {}

    var service: LogService
    var access: Access

    /// Follows from a position until a line satisfies `isLast`.
    func lines(
        of scope: LogScope, kind: LogKind? = nil, after position: Int64? = 0, tail: Int = 0, until isLast: (LogLine) -> Bool
    ) async throws -> [LogLine] {
        var seen: [LogLine] = []
        do {
            try await service.follow(access, of: scope, kind: kind, after: position, tail: tail) { lines in
                seen += lines
                if lines.contains(where: isLast) { throw Enough() }
            }
        } catch is Enough {}
        return seen
    }
}
