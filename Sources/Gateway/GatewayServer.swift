public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import WebSocket

/// The server for users: one set of operations, on a TCP address and perhaps a Unix socket.
public struct GatewayServer: Sendable {
    private let configuration: GatewayConfiguration
    private let responder: GatewayResponder
    private let live: LiveGate
    private let logger: Logger

    public init(services: GatewayServices, configuration: GatewayConfiguration, logger: Logger) {
        let metrics = RequestMetrics()
        let table = OperationTable(operations: Self.operations(services: services, configuration: configuration, metrics: metrics))
        self.configuration = configuration
        self.logger = logger
        responder = GatewayResponder(
            table: table, authenticator: Authenticator(accounts: services.accounts), configuration: configuration, metrics: metrics,
            logger: logger)
        live = LiveGate(services: services, configuration: configuration, logger: logger)
    }

    /// Serves until the task is cancelled or its graceful shutdown begins: then requests in flight are finished and WebSockets are
    /// closed with 1001.
    ///
    /// - Parameter onRunning: Called with the TCP port once it is open.
    public func run(onRunning: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let address = BindAddress.hostname(configuration.host, port: configuration.port)
            let tcp = application(address, onRunning: onRunning)
            group.addTask { try await tcp.run() }
            if let path = configuration.unixSocketPath {
                let local = application(.unixDomainSocket(path: path))
                group.addTask { try await local.run() }
            }
            try await group.waitForAll()
        }
    }

    /// The same on one address.
    public func application(
        _ address: BindAddress, onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        var application = Application(
            responder: responder,
            server: .http1WithWebSocket(configuration: .init(idleTimeout: configuration.idleTimeout), decide: { await live.decide($0) }),
            configuration: ApplicationConfiguration(
                address: address, serverName: nil, backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.maximumConnections, logger: logger)),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) }, logger: logger)
        application.logger.logLevel = max(logger.logLevel, .info)
        return application
    }

    /// Every operation there is.
    static func operations(
        services: GatewayServices, configuration: GatewayConfiguration, metrics: RequestMetrics
    ) -> [Operation] {
        let views = DeploymentViews(projects: services.projects, deployments: services.deployments)
        return SystemOperations(services: services, configuration: configuration, metrics: metrics).all
            + ProjectOperations(projects: services.projects).all
            + ServiceOperations(projects: services.projects, deployments: services.deployments, views: views).all
            + VariableOperations(projects: services.projects, deployments: services.deployments).all
            + DeploymentOperations(
                projects: services.projects, deployments: services.deployments, blobs: services.blobs, logs: services.logs, views: views,
                maximumUploadSize: configuration.maximumUploadSize, uploadTimeout: configuration.uploadTimeout
            ).all
            + DomainOperations(projects: services.projects, deployments: services.deployments).all
            + VolumeOperations(projects: services.projects, deployments: services.deployments).all
            + EventOperations(events: services.events).all
    }
}
