import FoundationEssentials
import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix
import Resources
import Testing

@testable import Gateway

/// Source archives, as they come over the wire.
@Suite(.timeLimit(.minutes(4)), .serialized)
struct UploadTests {
    private static let archive = [UInt8](repeating: 0x1F, count: 300_000)
    private static let gzip = [("Content-Type", "application/gzip")]

    @Test("an archive is kept under its hash, and its deployment names it")
    func kept() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let answer = try await gateway.send(
            .POST, project.instance + "/deployments", token: gateway.home.owner, headers: Self.gzip, body: Self.archive)
        #expect(answer.status == 201, "\(answer.text)")
        guard case .upload(let sha256) = try answer.decode(Deployment.self).source else {
            Issue.record("not an upload")
            return
        }
        #expect(gateway.services.blobs.contains(sha256))
        let file = try Data(contentsOf: URL(filePath: gateway.services.blobs.path(of: sha256)))
        #expect(Array(file) == Self.archive)
        #expect(try leftovers(gateway).isEmpty)
    }

    @Test("an archive over the limit leaves nothing", arguments: [true, false])
    func tooLarge(saysItsLength: Bool) async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let blobs = try files(gateway)
        let size = TestGateway.maximumUploadSize + 1
        let answer: String = try await RawHTTP.exchange(port: gateway.port) { connection in
            try await connection.write(
                head(project, gateway.home.owner, saysItsLength ? "Content-Length: \(size)" : "Transfer-Encoding: chunked"))
            let part = ByteBuffer(repeating: 0x61, count: 1 << 18)
            do {
                for _ in 0...size / part.readableBytes {
                    try await connection.write(saysItsLength ? part : RawHTTP.chunk(part))
                }
            } catch {
                // The server stopped reading.
            }
        }
        #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
        #expect(answer.contains("UPLOAD_TOO_LARGE"))
        #expect(try files(gateway) == blobs)
        #expect(try leftovers(gateway).isEmpty)
    }

    @Test("an upload that is cut off leaves nothing")
    func cutOff() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let blobs = try files(gateway)
        _ = try await RawHTTP.exchange(port: gateway.port, waits: false) { connection in
            try await connection.write(head(project, gateway.home.owner, "Content-Length: 1000000"))
            try await connection.write(ByteBuffer(repeating: 0x61, count: 100_000))
            // It has begun.
            while try leftovers(gateway).isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        while try !leftovers(gateway).isEmpty {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try files(gateway) == blobs)
        let deployments = try await gateway.send(.GET, project.instance + "/deployments", token: gateway.home.owner)
        #expect(try deployments.decode(Page<Deployment>.self).items.isEmpty)
    }

    @Test("nothing is taken for a service that isn't there, or from who may not")
    func refusedEarly() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let path = "/environments/\(project.environment)/services/\(Service.ID.new())/deployments"
        let missing = try await gateway.send(.POST, path, token: gateway.home.owner, headers: Self.gzip, body: Self.archive)
        #expect(missing.code == "SERVICE_NOT_FOUND")
        let viewer = try await gateway.send(
            .POST, project.instance + "/deployments", token: gateway.home.viewer, headers: Self.gzip, body: Self.archive)
        #expect(viewer.status == 403)
        let stranger = try await gateway.send(
            .POST, project.instance + "/deployments", token: gateway.other.owner, headers: Self.gzip, body: Self.archive)
        #expect(stranger.status == 404)
    }

    @Test("others' archives can't be named by their hash")
    func namedHash() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let answer = try await gateway.send(
            .POST, project.instance + "/deployments", token: gateway.home.owner,
            json: "{\"source\":{\"upload\":{\"sha256\":\"\(String(repeating: "a", count: 64))\"}}}")
        #expect(answer.status == 400)
        #expect(answer.code == "SOURCE_INVALID")
    }

    private func head(_ project: TestProject, _ token: String, _ length: String) -> ByteBuffer {
        ByteBuffer(
            string: """
                POST /api/v1\(project.instance)/deployments HTTP/1.1\r
                Host: test\r
                Connection: close\r
                Authorization: Bearer \(token)\r
                Content-Type: application/gzip\r
                \(length)\r
                \r

                """)
    }

    private func leftovers(_ gateway: TestGateway) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: gateway.blobFolder + "/incoming")
    }

    private func files(_ gateway: TestGateway) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: gateway.blobFolder))
    }
}
