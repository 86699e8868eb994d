import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Resources
import Testing

/// What came back.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try ResourceCoding.decode(type, from: Data(body))
    }

    /// The problem's code; empty when it is none.
    var code: String {
        ((try? decode(Problem.self)) as Problem?)?.code ?? ""
    }

    var text: String {
        String(decoding: body, as: UTF8.self)
    }
}

extension TestGateway {
    /// Sends a request below `/api/v1`.
    func send(
        _ method: HTTPMethod, _ path: String, token: String? = nil, json: String? = nil, headers: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> Answer {
        try await raw(
            method, "/api/v1" + path,
            headers: headers + (token.map { [("Authorization", "Bearer " + $0)] } ?? [])
                + (json == nil ? [] : [("Content-Type", "application/json")]), body: json.map { Array($0.utf8) } ?? body)
    }

    func raw(_ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        for (name, value) in headers {
            request.headers.add(name: name, value: value)
        }
        if let body {
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 32 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
    }

    /// A project with a service in the home workspace, under names of their own.
    func makeProject() async throws -> TestProject {
        let name = "p" + "\(Project.ID.new())".replacing("-", with: "").suffix(12)
        let created = try await send(.POST, "/projects", token: home.owner, json: "{\"name\":\"\(name)\"}")
        try #require(created.status == 201, "\(created.text)")
        let project = try created.decode(Project.self)
        let service = try await send(.POST, "/projects/\(project.id)/services", token: home.owner, json: "{\"name\":\"web\"}")
            .decode(Service.self)
        return TestProject(project: project, environment: try #require(project.environments.first).id, service: service.id)
    }
}

struct TestProject: Sendable {
    let project: Project
    let environment: Environment.ID
    let service: Service.ID

    var instance: String { "/environments/\(environment)/services/\(service)" }
}
