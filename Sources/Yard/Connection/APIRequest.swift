import AsyncHTTPClient
import FoundationEssentials
import NIOHTTP1

/// One request to the API.
struct APIRequest: Sendable {
    var method: HTTPMethod
    /// The parts of the path below `/api/v1`.
    var path: [String]
    var query: [(name: String, value: String)] = []
    var body: Body = .none
    /// Seconds for the whole of it.
    var timeout: Int = 60

    enum Body: Sendable {
        case none
        case json([UInt8])
        case file(ArchiveFile)
    }

    /// Whether doing it twice is the same as doing it once, so that it may be tried again.
    var isRepeatable: Bool {
        method == .GET
    }

    static func get(_ path: String..., query: [(name: String, value: String)] = []) -> APIRequest {
        APIRequest(method: .GET, path: path, query: query)
    }

    static func post(_ path: String...) -> APIRequest {
        APIRequest(method: .POST, path: path)
    }

    static func post(_ path: String..., json: some Encodable) throws -> APIRequest {
        APIRequest(method: .POST, path: path, body: .json(Array(try JSONCoding.line(of: json).utf8)))
    }

    static func put(_ path: String..., json: some Encodable) throws -> APIRequest {
        APIRequest(method: .PUT, path: path, body: .json(Array(try JSONCoding.line(of: json).utf8)))
    }

    static func patch(_ path: String..., json: some Encodable) throws -> APIRequest {
        APIRequest(method: .PATCH, path: path, body: .json(Array(try JSONCoding.line(of: json).utf8)))
    }

    static func delete(_ path: String...) -> APIRequest {
        APIRequest(method: .DELETE, path: path)
    }

    /// For people: `POST /api/v1/projects`.
    var description: String {
        "\(method.rawValue) /api/v1/\(path.joined(separator: "/"))"
    }
}
