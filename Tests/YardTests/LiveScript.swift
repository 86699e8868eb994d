import FoundationEssentials
import Resources
import WebSocket

/// The server's end of a live connection, in a test's words.
struct LiveScript: Sendable {
    let connection: WebSocketConnection

    func send(_ message: LiveMessage) async throws {
        try await connection.send(text: String(decoding: ResourceCoding.encode(message), as: UTF8.self))
    }

    /// Hands over each request until `body` says that it has seen enough, or the client leaves.
    func requests(_ body: (LiveRequest) async throws -> Bool) async throws {
        for try await message in connection.messages {
            guard case .text(let text) = message else { continue }
            if try await body(ResourceCoding.decode(LiveRequest.self, from: Data(text.utf8))) { return }
        }
    }
}
