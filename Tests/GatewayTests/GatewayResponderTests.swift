import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Resources
import Synchronization
import Testing

@testable import Gateway

/// What the log and the metrics get to know of a request.
@Suite(.timeLimit(.minutes(2)))
struct GatewayResponderTests {
    private struct Leak: Error, CustomStringConvertible {
        let description = "the disk said no"
    }

    @Test("a fault of ours is logged with its cause under the id that the client gets, and the client gets no more")
    func faults() async throws {
        let log = RecordedLog()
        let (answer, metrics) = try await answer(log, path: "/api/v1/fails?value=secret") { _ in throw Leak() }
        #expect(answer.status == .internalServerError)
        let problem = try ResourceCoding.decode(Problem.self, from: Data(answer.body.readableBytesView))
        #expect(problem.code == "INTERNAL_FAULT")
        #expect(!problem.message.contains("disk"))
        let entry = try #require(log.entries.first)
        #expect(entry.contains("the disk said no"))
        #expect(entry.contains(problem.requestId ?? "none"))
        #expect(entry.contains("operation=test.run"))
        #expect(!entry.contains("secret"))
        #expect(metrics.exposition.contains("switchyard_requests_total{operation=\"test.run\",status=\"500\"} 1"))
    }

    @Test("paths that match nothing share one label")
    func unmatched() async throws {
        let (answer, metrics) = try await answer(RecordedLog(), path: "/api/v1/\"} evil 1") { _ in Response(status: .ok) }
        #expect(answer.status == .notFound)
        #expect(!metrics.exposition.contains("evil"))
        #expect(metrics.exposition.contains("{operation=\"none\",status=\"404\"} 1"))
    }

    @Test("the histogram adds up")
    func histogram() {
        let metrics = RequestMetrics()
        for milliseconds in [0, 1, 3, 70, 20_000] {
            metrics.record("a.b", status: 200, duration: .milliseconds(milliseconds))
        }
        let lines = metrics.exposition.split(separator: "\n")
        func bucket(_ bound: String) -> Substring? {
            lines.first { $0.contains("le=\"\(bound)\"") }?.split(separator: " ").last
        }
        #expect(bucket("0.001") == "2")
        #expect(bucket("0.005") == "3")
        #expect(bucket("0.1") == "4")
        #expect(bucket("10.0") == "4")
        #expect(bucket("+Inf") == "5")
        #expect(lines.contains("switchyard_request_seconds_count{operation=\"a.b\"} 5"))
    }

    private func answer(
        _ log: RecordedLog, path: String, _ handle: @escaping @Sendable (OperationCall) async throws -> Response
    ) async throws -> (TestResponse, RequestMetrics) {
        let metrics = RequestMetrics()
        let operation = Operation(
            name: "test.run", method: .get, path: "/fails", query: ["value"], authorization: .anybody, input: nil, handle: handle)
        let responder = GatewayResponder(
            table: OperationTable(operations: [operation]),
            authenticator: Authenticator(accounts: try await TestGateway.shared.value.services.accounts),
            configuration: GatewayConfiguration(), metrics: metrics, logger: Logger(label: "test") { _ in log })
        let answer = try await Application(responder: responder).test(.router) { client in
            try await client.execute(uri: path, method: .get)
        }
        return (answer, metrics)
    }
}

/// Keeps what is logged.
private final class RecordedLog: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])

    var entries: [String] { lines.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let metadata = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
        lines.withLock { $0.append("\(event.message) " + metadata.joined(separator: " ")) }
    }
}
