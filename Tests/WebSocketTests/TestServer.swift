import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import NIOSSL

@testable import WebSocket

/// A server on a free port of the loopback interface for the time of `body`.
struct TestServer: Sendable {
    typealias Run = @Sendable (WebSocketConnection) async throws -> Void

    let port: Int
    private let server: any Sendable & Stoppable

    protocol Stoppable: Actor {
        func shutdownGracefully() async throws
    }

    var url: String { "ws://127.0.0.1:\(port)/live?x=1" }

    /// Begins the orderly shutdown and returns when every connection is gone.
    func stop() async throws {
        try await server.shutdownGracefully()
    }

    /// Accepts every WebSocket.
    static func accepting(
        _ configuration: WebSocketChannel.Configuration = .init(), run: @escaping Run, _ body: (TestServer) async throws -> Void
    ) async throws {
        try await with(configuration, decide: { _ in .accept(run: run) }, body)
    }

    static func with(
        _ configuration: WebSocketChannel.Configuration = .init(), tls: NIOSSLContext? = nil,
        decide: @escaping @Sendable (HTTPRequest) async -> WebSocketDecision, _ body: (TestServer) async throws -> Void
    ) async throws {
        let channel = WebSocketChannel(
            responder: { request, writer, _ in
                try await writer.write(
                    response: HTTPResponse(status: .ok, headerFields: [.contentLength: "5"]),
                    body: .init(byteBuffer: ByteBuffer(string: "plain")))
            }, configuration: configuration, decide: decide)
        if let tls {
            try await run(SecureChannel(base: channel, context: tls), body)
        } else {
            try await run(channel, body)
        }
    }

    private static func run(_ channel: some ServerChildChannel, _ body: (TestServer) async throws -> Void) async throws {
        let (ports, started) = AsyncStream.makeStream(of: Int.self)
        let server = Server(
            childChannelSetup: channel, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { started.yield($0.localAddress?.port ?? 0) }, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await port in ports {
                try await body(TestServer(port: port, server: server))
                break
            }
            group.cancelAll()
        }
    }
}

extension Server: TestServer.Stoppable {}

/// TLS before the HTTP of `base`.
private struct SecureChannel: ServerChildChannel {
    let base: WebSocketChannel
    let context: NIOSSLContext

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<WebSocketChannel.Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: WebSocketChannel.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}
