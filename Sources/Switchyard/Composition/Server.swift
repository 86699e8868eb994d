import Accounts
import AsyncHTTPClient
import Builds
import ContainerEngine
import Deployments
import Edge
import FoundationEssentials
import Gateway
import Glibc
import Kernel
import Logging
import Monitoring
import Orchestrator
import OrchestratorEngine
import PostgresClient
import Processes
import Projects
import Resources
import UnixSignals

/// One process of the platform: what its roles need is made in order, then all run until a signal asks them to stop. What
/// serves users (the edge, the database, containers) is left running for the next process.
struct Server: Sendable {
    let configuration: Configuration
    private let logger: Logger

    init(_ configuration: Configuration) throws {
        self.configuration = configuration
        logger = Logger(label: configuration.name) { _ in StreamLogHandler.standardError(label: configuration.name) }
    }

    func run(roles: Set<Role>) async throws {
        try SettingFiles.check(configuration)
        try Folders.make(configuration)
        logger.notice(
            "starting", metadata: ["data": "\(configuration.data)", "roles": "\(roles.map(\.rawValue).sorted().joined(separator: ","))"])
        let lock = try ProcessLock(path: configuration.data + "/run/" + roles.map(\.rawValue).sorted().joined(separator: "-") + ".lock")
        defer { lock.release() }
        let ports = try PortChoice.decide(configuration)
        let keyring = try Keyring.load(path: configuration.data + "/keys/master")
        try await withThrowingTaskGroup { group in
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { throw StopRequested() }
            }
            group.addTask {
                try await serve(roles, ports, SecretBox(keyring: keyring))
            }
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch is StopRequested {
                logger.notice("stopping")
            }
        }
    }

    private struct StopRequested: Error {}

    private func serve(_ roles: Set<Role>, _ ports: PortChoice, _ secretBox: SecretBox) async throws {
        try await withThrowingTaskGroup { group in
            defer { group.cancelAll() }
            let postgres = try await startPostgres(roles, &group)
            async let engineOpened = EngineService.open(.init(configuration), logger: logger)
            async let edgeStarted = startEdge(ports, roles)
            let client = try await connect(postgres)
            let parts = try await Parts(
                configuration: configuration, client: client, secretBox: secretBox, ports: ports, logger: logger)
            try await prepareDatabase(parts)
            logger.notice("the database is ready")
            let engine = try await engineOpened
            logger.notice("the container engine is ready", metadata: ["socket": "\(engine.socketPath)"])
            let (edge, verifyToken) = try await edgeStarted
            logger.notice("the edge is ready", metadata: ["http": "\(ports.http)", "https": "\(ports.https)"])
            let engineClient = try await engine.connect()
            let orchestrator = try EngineOrchestrator(client: engineClient, instance: configuration.name, logger: logger)
            let router = EdgeRouter(
                control: edge.control, address: "\(edgeLoopback):\(ports.http)", verifyToken: verifyToken,
                platform: try platformRoute(ports), client: .shared)
            let builder = Builder(configuration: builderConfiguration(runtime: engine.runtime))
            let handover = engine.isOwn ? nil : ImageHandover(engine: engineClient, builder: builder)
            let images = BuildsImageBuilder(
                builder: builder, blobs: parts.blobs, orchestrator: orchestrator, handover: handover,
                registryAuth: configuration.registryAuth)
            let deployer = Deployer(
                database: parts.database, wakeups: parts.wakeups, queue: parts.queue, node: node(roles), catalog: parts.catalog,
                orchestrator: orchestrator, builder: images, router: router, logs: parts.sink, secretBox: secretBox, httpClient: .shared,
                logger: logger)
            try await parts.queue.releaseLeases(of: node(roles))

            group.addTask { await parts.wakeups.run() }
            group.addTask { await parts.logs.run() }
            if roles.contains(.platform) {
                group.addTask { await engine.run() }
                group.addTask { await edge.run() }
                group.addTask { await logTrimmer.run() }
            }
            if roles.contains(.deployer) {
                group.addTask { await deployer.runDeployments(concurrency: 8) }
            }
            if roles.contains(.builder) {
                group.addTask {
                    // What a killed process was building is in the way of building it again.
                    do {
                        try await builder.cleanUpDeadBuilds()
                    } catch {
                        logger.warning("leftovers of dead builds were not removed", metadata: ["error": "\(error)"])
                    }
                    await deployer.runBuilds(concurrency: configuration.buildConcurrency)
                }
                let collector = GarbageCollector(
                    deployer: deployer, builder: builder, handover: handover, blobs: parts.blobs,
                    keptDeployments: configuration.keptDeployments, logger: logger)
                group.addTask { await collector.run() }
            }
            if roles.contains(.gateway) {
                let gateway = parts.gateway(images: images, router: router, orchestrator: orchestrator, edge: edge.control)
                group.addTask { await parts.accounts.followRevocations() }
                group.addTask { try await gateway.run { port in logger.notice("the API answers", metadata: ["port": "\(port)"]) } }
            }
            try await group.next()
        }
    }

    // MARK: Parts

    private func startPostgres(_ roles: Set<Role>, _ group: inout ThrowingTaskGroup<Void, any Error>) async throws -> String {
        if let url = configuration.databaseURL { return url }
        let postgres = try embeddedPostgres()
        if roles.contains(.platform) {
            try await postgres.prepare()
            group.addTask { await postgres.supervise() }
        }
        return postgres.connectionString
    }

    private func embeddedPostgres() throws -> EmbeddedPostgres {
        try EmbeddedPostgres(
            directory: configuration.data + "/postgres", logFile: configuration.data + "/log/postgres.log", logger: logger)
    }

    /// The first connection may come before the database listens.
    private func connect(_ connectionString: String) async throws -> PostgresClient {
        let client = PostgresClient(configuration: .init(connectionString: connectionString, maximumLeases: 40), logger: logger)
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                try await client.query("select 1")
                return client
            } catch let error as PostgresError where ContinuousClock.now < deadline {
                logger.debug("the database does not answer yet", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .milliseconds(30))
            }
        }
    }

    /// The schema, and on the first start the owner with a token that waits to be taken.
    private func prepareDatabase(_ parts: Parts) async throws {
        try await parts.migrator.migrate()
        if let token = try await parts.accounts.setUp() {
            try SecretFile.write(token.reveal(), to: configuration.data + "/owner-token")
            logger.notice("the owner's token is ready: `switchyard token take` shows it once")
        }
    }

    private var logTrimmer: LogTrimmer {
        let files = ["log/switchyard.log", "log/engine.log", "log/postgres.log", "edge/logs/nginx.log"]
        return LogTrimmer(files: files.map { "\(configuration.data)/\($0)" }, logger: logger)
    }

    private func startEdge(_ ports: PortChoice, _ roles: Set<Role>) async throws -> (EdgeProcess, verifyToken: String) {
        let verifyToken = try SecretFile.load(configuration.data + "/keys/edge-verify")
        let edge = try EdgeProcess(configuration: edgeConfiguration(ports, verifyToken), logger: logger)
        if roles.contains(.platform) { try await edge.start() }
        return (edge, verifyToken)
    }

    func edgeConfiguration(_ ports: PortChoice, _ verifyToken: String) -> EdgeConfiguration {
        var edge = EdgeConfiguration(
            folder: configuration.data + "/edge", share: configuration.share + "/edge", httpPort: ports.http, httpsPort: ports.https,
            verifyToken: verifyToken)
        if configuration.edgeAddress != "0.0.0.0" { edge.addresses = [configuration.edgeAddress] }
        edge.trustedProxies = configuration.trustedProxies
        edge.fallbackNames = [configuration.baseDomain, "*." + configuration.baseDomain]
        return edge
    }

    /// Where the edge is reached from this machine, as it stands before a port.
    var edgeLoopback: String {
        switch configuration.edgeAddress {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        case let address: address.contains(":") ? "[\(address)]" : address
        }
    }

    private func platformRoute(_ ports: PortChoice) throws -> Route {
        try Route(
            host: configuration.platformHost, endpoints: [Endpoint(address: "127.0.0.1", port: ports.api)], service: "switchyard")
    }

    func builderConfiguration(runtime: String?) -> BuilderConfiguration {
        BuilderConfiguration(
            instance: configuration.name, workDirectory: configuration.data + "/builds", cacheDirectory: configuration.data + "/cache",
            limits: BuildLimits(memory: configuration.buildMemory, timeout: .seconds(configuration.buildTimeout)),
            stack: StackConfiguration(mirror: configuration.mirror, checksValidUntil: configuration.checksMirrorDates), runtime: runtime,
            extraCertificateAuthority: configuration.extraCertificateAuthority, registryCredentials: configuration.registryAuth,
            registriesFile: configuration.registriesConf, allowsPrivateAddresses: configuration.allowsPrivateGit,
            sshKeyFile: configuration.gitSSHKey)
    }

    /// One process at a time has it, as it holds the lock of its roles.
    private func node(_ roles: Set<Role>) -> String {
        configuration.name + "/" + roles.map(\.rawValue).sorted().joined(separator: "-")
    }

    // MARK: For the operator's other commands

    /// Stops applications, edge, engine and database of this instance.
    func stopParts() async throws {
        let engine = try await EngineService.open(.init(configuration), logger: logger)
        let client = try await engine.connect()
        let orchestrator = try EngineOrchestrator(client: client, instance: configuration.name, logger: logger)
        try await withThrowingTaskGroup { group in
            for workload in try await orchestrator.list(.all) where workload.state.isRunning {
                group.addTask { try await orchestrator.stop(workload.id, grace: .seconds(10)) }
            }
            try await group.waitForAll()
        }
        await client.close()
        await engine.stop()
        if let ports = PortChoice.decided(configuration) {
            let verifyToken = try SecretFile.load(configuration.data + "/keys/edge-verify")
            await (try EdgeProcess(configuration: edgeConfiguration(ports, verifyToken), logger: logger)).stop(withReplicas: true)
        }
        if configuration.databaseURL == nil { await (try embeddedPostgres()).stop() }
    }

    /// Makes the base images anew, with Debian's newest packages.
    func rebuildStack(_ languages: [Language]) async throws {
        try Folders.make(configuration)
        let engine = try await EngineService.open(.init(configuration), logger: logger)
        try await Stack(configuration: builderConfiguration(runtime: engine.runtime)).prepare(languages, rebuild: true) { _, line in
            printLine(line)
        }
    }

    func rotateOwnerToken() async throws -> SecretText {
        let client = try await connect(configuration.databaseURL ?? embeddedPostgres().connectionString)
        let secretBox = SecretBox(keyring: try Keyring.load(path: configuration.data + "/keys/master"))
        guard let ports = PortChoice.decided(configuration) else {
            throw SwitchyardError(.unavailable, code: "NOT_STARTED", "this instance was never started", hint: "switchyard start")
        }
        let parts = try await Parts(configuration: configuration, client: client, secretBox: secretBox, ports: ports, logger: logger)
        let token = try await parts.accounts.rotateOwnerToken()
        await client.close()
        return token
    }
}
