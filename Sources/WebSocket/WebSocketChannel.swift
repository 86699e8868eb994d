import HTTPTypes
public import HummingbirdCore
public import Logging
public import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A server's connection that speaks HTTP/1.1 and can become a WebSocket at any request.
public struct WebSocketChannel: HTTPChannelHandler {
    /// Times and limits of the HTTP side.
    public struct Configuration: Sendable {
        /// How long a connection may be without a request, or take over the head of one (slow-loris).
        public var idleTimeout: Duration
        /// Bytes of a request's head.
        public var maximumHeadSize: Int
        public var webSocket: WebSocketConfiguration

        public init(
            idleTimeout: Duration = .seconds(60), maximumHeadSize: Int = 64 << 10, webSocket: WebSocketConfiguration = .init()
        ) {
            self.idleTimeout = idleTimeout
            self.maximumHeadSize = maximumHeadSize
            self.webSocket = webSocket
        }
    }

    /// A connection: its HTTP requests, and those that ask for a WebSocket.
    public struct Value: ServerChildChannelValue {
        let http: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let upgrades: AsyncStream<UpgradeRequest>

        public var channel: any Channel { http.channel }
    }

    public let responder: HTTPChannelHandler.Responder
    let configuration: Configuration
    let decide: @Sendable (HTTPRequest) async -> WebSocketDecision

    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = configuration.maximumHeadSize
            limits.maxHeaderListSize = configuration.maximumHeadSize
            let encoder = HTTPResponseEncoder()
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop, limitConfiguration: limits))
            let connectionState = HTTPConnectionStateHandler(idleTimeout: configuration.idleTimeout, logger: logger)
            // One at most: the decoder stops at a request that asks for an upgrade.
            let (upgrades, continuation) = AsyncStream.makeStream(of: UpgradeRequest.self, bufferingPolicy: .bufferingNewest(1))
            let gate = WebSocketGate(
                configuration: configuration.webSocket, requests: continuation, decoder: decoder, httpHandlers: [connectionState, encoder])
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(StalledWriteHandler(timeout: configuration.webSocket.stalledWriteTimeout))
            try pipeline.addHandler(encoder)
            try pipeline.addHandler(decoder)
            try pipeline.addHandler(gate)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(connectionState)
            let http = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            return Value(http: http, upgrades: upgrades)
        }
    }

    public func handle(value: Value, logger: Logger) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve(value.upgrades, logger) }
            await handleHTTP(asyncChannel: value.http, logger: logger)
            // A WebSocket's task never outlives its connection.
            group.cancelAll()
        }
    }

    private func serve(_ upgrades: AsyncStream<UpgradeRequest>, _ logger: Logger) async {
        for await request in upgrades {
            switch await decide(request.head) {
            case .reject(let status, let headers, let body): request.reject(status: status, headers: headers, body: body)
            case .pass: request.pass()
            case .accept(let headers, let run): await serve(request, headers, run, logger)
            }
        }
    }

    private func serve(
        _ request: UpgradeRequest, _ headers: HTTPFields, _ run: @Sendable (WebSocketConnection) async throws -> Void, _ logger: Logger
    ) async {
        do {
            let connection = try await request.accept(headers: headers)
            do {
                try await run(connection)
                await connection.close()
            } catch is CancellationError {
                await connection.close(code: .goingAway)
            } catch let error as WebSocketError {
                logger.debug("A WebSocket ended", metadata: ["error": "\(error)"])
                await connection.close(code: .goingAway)
            } catch {
                logger.error("A WebSocket's task failed", metadata: ["error": "\(error)"])
                await connection.close(code: .internalError)
            }
        } catch {
            logger.debug("A WebSocket could not be opened", metadata: ["error": "\(error)"])
        }
    }
}
