import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

extension EngineClient {
    /// Prepares a command with a terminal in a running container; throws `conflict` when it doesn't run.
    public func createExec(in container: String, command: [String], environment: [String] = []) async throws -> String {
        let body = ExecSpecification(command: command, environment: environment)
        let created: CreatedObject = try await call(.POST, "/containers/\(container)/exec", body: body)
        return created.id
    }

    /// Starts what ``createExec(in:command:environment:)`` prepared, in a terminal of the given size, and hands its stream to
    /// `body`. When that returns, the connection is closed; the command is not ended by it.
    public func startExec<Result: Sendable>(
        _ exec: String, columns: Int, rows: Int, body: @Sendable (ExecStream) async throws -> Result
    ) async throws -> Result {
        let path = try resolved("/exec/\(exec)/start")
        let start = try Self.encoded(ExecStart(columns: columns, rows: rows))
        let (channel, accepted) = try await mappingErrors { try await self.upgradingConnection() }
        return try await channel.executeThenClose { inbound, outbound in
            let head = """
                POST \(path) HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\
                Content-Type: application/json\r\nContent-Length: \(start.count)\r\n\r\n
                """
            try await mappingErrors {
                try await outbound.write(ByteBuffer(bytes: Array(head.utf8) + start))
                try await accepted.get()
            }
            return try await body(ExecStream(output: inbound.map { Array($0.readableBytesView) }, outbound: outbound))
        }
    }

    /// Throws `conflict` or `failed` when the command doesn't run.
    public func resizeExec(_ exec: String, columns: Int, rows: Int) async throws {
        try await call(.POST, EnginePath("/exec/\(exec)/resize").query("h", String(rows)).query("w", String(columns)))
    }

    public func exec(_ exec: String) async throws -> ExecDetails {
        try await call(.GET, "/exec/\(exec)/json")
    }

    /// A connection of its own, and a future that tells when the engine has taken it out of HTTP. AsyncHTTPClient can't do
    /// that, and NIO's client upgrader sends no body, which this request needs.
    private func upgradingConnection() async throws -> (NIOAsyncChannel<ByteBuffer, ByteBuffer>, EventLoopFuture<Void>) {
        try await ClientBootstrap(group: eventLoopGroup).connectTimeout(.seconds(5)).connect(unixDomainSocketPath: socketPath) { channel in
            channel.eventLoop.makeCompletedFuture {
                let accepted = channel.eventLoop.makePromise(of: Void.self)
                try channel.pipeline.syncOperations.addHandler(UpgradeAnswerHandler(accepted: accepted))
                return (try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel), accepted.futureResult)
            }
        }
    }
}

private struct ExecSpecification: Encodable {
    var command: [String]
    var environment: [String]
    var attach = true
    var terminal = true

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(command, forKey: .command)
        try container.encode(environment, forKey: .environment)
        for key in [CodingKeys.input, .output, .errors] { try container.encode(attach, forKey: key) }
        try container.encode(terminal, forKey: .terminal)
    }

    enum CodingKeys: String, CodingKey {
        case command = "Cmd"
        case environment = "Env"
        case input = "AttachStdin"
        case output = "AttachStdout"
        case errors = "AttachStderr"
        case terminal = "Tty"
    }
}

private struct ExecStart: Encodable {
    var columns: Int
    var rows: Int

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(false, forKey: .detach)
        try container.encode(true, forKey: .terminal)
        // Podman's names for the first size, and Docker's.
        try container.encode(rows, forKey: .rows)
        try container.encode(columns, forKey: .columns)
        try container.encode([rows, columns], forKey: .size)
    }

    enum CodingKeys: String, CodingKey {
        case detach = "Detach"
        case terminal = "Tty"
        case rows = "h"
        case columns = "w"
        case size = "ConsoleSize"
    }
}
