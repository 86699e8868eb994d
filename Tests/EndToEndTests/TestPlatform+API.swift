import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Resources
import Testing

extension TestPlatform {
    struct APIAnswer: Sendable {
        let status: Int
        let body: [UInt8]

        func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try ResourceCoding.decode(type, from: Data(body))
        }

        /// The code of the problem that it is; empty when it is none.
        var code: String { (try? decode(Problem.self))?.code ?? "" }
        var text: String { String(decoding: body.prefix(500), as: UTF8.self) }
    }

    /// The owner's token, as `yard login` keeps it.
    var token: String {
        get throws {
            struct Configuration: Decodable {
                struct Server: Decodable {
                    let token: String
                }
                let servers: [String: Server]
            }
            let data = try Data(contentsOf: URL(filePath: data + "/client/config.json"))
            return try #require(JSONDecoder().decode(Configuration.self, from: data).servers.values.first).token
        }
    }

    /// Asks the API as the owner.
    func api(_ method: HTTPMethod, _ path: String, json: String) async throws -> APIAnswer {
        try await api(method, path, type: "application/json", body: Array(json.utf8))
    }

    func api(_ method: HTTPMethod, _ path: String, type: String? = nil, body: [UInt8]? = nil) async throws -> APIAnswer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(apiPort)/api/v1\(path)")
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(try token)")
        if let type { request.headers.add(name: "Content-Type", value: type) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return APIAnswer(status: Int(response.status.code), body: Array(bytes.readableBytesView))
    }
}
