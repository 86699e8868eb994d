import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Opens WebSockets to servers.
public enum WebSocketClient {
    /// Connects and waits for the handshake.
    ///
    /// - Parameters:
    ///   - url: `ws://` or `wss://` with host, and optionally port, path and query.
    ///   - headers: Sent with the handshake, such as `Authorization`. A `Host` takes the place of the URL's.
    ///   - certificateAuthorityFile: A PEM file whose certificates are trusted beside the system's.
    ///   - timeout: For all of name resolution, TCP, TLS and handshake.
    /// - Throws: ``WebSocketError``: `invalidURL`, `connectFailed`, `rejected` (with the server's status and body) or `handshakeFailed`;
    ///   `CancellationError` when the task was cancelled.
    public static func connect(
        to url: String, headers: [(String, String)] = [], certificateAuthorityFile: String? = nil,
        configuration: WebSocketConfiguration = .init(), timeout: Duration = .seconds(15)
    ) async throws -> WebSocketConnection {
        let target = try WebSocketTarget(url)
        let tls = try target.isSecure ? tlsContext(certificateAuthorityFile) : nil
        let head = try target.handshake(headers: headers)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
        let channel: any Channel
        let handshake: EventLoopFuture<WebSocketConnection>
        do {
            (channel, handshake) = try await bootstrap.connect(host: target.host, port: target.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let opened = channel.eventLoop.makePromise(of: WebSocketConnection.self)
                    do {
                        try configure(channel, target, tls, head, configuration, opened, timeout)
                    } catch {
                        opened.fail(error)
                        throw error
                    }
                    return (channel, opened.futureResult)
                }
            }
        } catch {
            try Task.checkCancellation()
            throw WebSocketError.connectFailed("\(target.host):\(target.port): \(error)")
        }
        return try await withTaskCancellationHandler {
            do {
                return try await handshake.get()
            } catch {
                try Task.checkCancellation()
                throw error
            }
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private static func configure(
        _ channel: any Channel, _ target: WebSocketTarget, _ tls: NIOSSLContext?, _ head: HTTPRequestHead,
        _ configuration: WebSocketConfiguration, _ opened: EventLoopPromise<WebSocketConnection>, _ timeout: Duration
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: target.serverName))
        }
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
        try pipeline.addHandler(StalledWriteHandler(timeout: configuration.stalledWriteTimeout))
        try pipeline.addHandler(encoder)
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(
            WebSocketClientHandshake(
                head: head, configuration: configuration, opened: opened, encoder: encoder, decoder: decoder, timeout: timeout))
    }

    private static func tlsContext(_ certificateAuthorityFile: String?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let certificateAuthorityFile {
            configuration.additionalTrustRoots = [.file(certificateAuthorityFile)]
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw WebSocketError.connectFailed("the certificate authorities could not be read: \(error)")
        }
    }
}
