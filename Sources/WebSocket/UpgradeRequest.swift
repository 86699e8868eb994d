import HTTPTypes
import NIOCore

/// A request that asks for a WebSocket, on its way from the event loop to the task that decides about it. Answer it exactly once.
struct UpgradeRequest: Sendable {
    let head: HTTPRequest
    let eventLoop: any EventLoop
    let gate: NIOLoopBound<WebSocketGate>

    func accept(headers: HTTPFields) async throws -> WebSocketConnection {
        try await eventLoop.submit { try gate.value.accept(headers: headers) }.get()
    }

    func reject(status: HTTPResponse.Status, headers: HTTPFields, body: String) {
        eventLoop.execute { gate.value.reject(status: status, headers: headers, body: body) }
    }

    func pass() {
        eventLoop.execute { gate.value.pass() }
    }
}
