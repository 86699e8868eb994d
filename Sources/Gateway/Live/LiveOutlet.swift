import Resources
import WebSocket

/// Sends the messages of one subscription, each as soon as the socket has taken the one before.
struct LiveOutlet: Sendable {
    /// Bytes of text in one message of lines: clients take a MiB at most, and JSON can double it.
    private static let batchSize = 128 << 10

    let id: String
    let connection: WebSocketConnection

    func send(_ message: LiveMessage) async throws {
        try await connection.send(text: String(decoding: ResourceCoding.encode(message), as: UTF8.self))
    }

    /// In several messages when they are many.
    func send(_ lines: [LogLine]) async throws {
        var batch: [LogLine] = []
        var size = 0
        for line in lines {
            if size + line.text.utf8.count > Self.batchSize, !batch.isEmpty {
                try await send(.log(id: id, lines: batch))
                batch = []
                size = 0
            }
            batch.append(line)
            // Beside its text, a line's fields take about 250 bytes.
            size += line.text.utf8.count + 250
        }
        if !batch.isEmpty {
            try await send(.log(id: id, lines: batch))
        }
    }
}
