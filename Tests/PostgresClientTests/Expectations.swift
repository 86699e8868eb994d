import PostgresClient
import Testing

/// Runs `body` and returns what it throws.
func thrown(_ body: () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}

func expectError(sqlState: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void) async {
    let error = await thrown(body)
    #expect((error as? PostgresError)?.sqlState == sqlState, "\(String(describing: error))", sourceLocation: sourceLocation)
}

/// Asks until it is so, for what the server makes known in no other way; fails after 2,000 times.
func eventually(sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool) async throws {
    for _ in 0..<2000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("it did not become so", sourceLocation: sourceLocation)
}
