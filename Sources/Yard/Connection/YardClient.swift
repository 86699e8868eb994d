import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Resources

/// Talks to one server over REST, as one person. Its extensions have the operations.
struct YardClient: Sendable {
    let server: ServerURL
    let token: String
    let caFile: String?
    let http: HTTPClient

    /// How long to wait before each further try of a request that may be repeated.
    private static let pauses: [Duration] = [.milliseconds(200), .milliseconds(800)]

    /// Sends a request and decodes the answer.
    ///
    /// - Throws: ``YardError``
    func send<Answer: Decodable>(_ request: APIRequest, as: Answer.Type = Answer.self) async throws -> Answer {
        let bytes = try await answer(to: request)
        do {
            return try JSONCoding.decode(Answer.self, from: bytes)
        } catch {
            throw YardError(
                .failed, code: "ANSWER_INVALID",
                "the answer of \(server) to \(request.description) could not be read: \(JSONCoding.explain(error))",
                hint: "Is this the URL of a Switchyard server, of the same version as yard (\(yardVersion))?")
        }
    }

    /// Sends a request whose answer doesn't matter.
    func send(_ request: APIRequest) async throws {
        _ = try await answer(to: request)
    }

    private func answer(to request: APIRequest) async throws -> [UInt8] {
        for pause in request.isRepeatable ? Self.pauses : [] {
            do {
                return try await answerOnce(to: request)
            } catch let error as YardError where error.status == .unreachable {
                try await Task.sleep(for: pause)
            }
        }
        return try await answerOnce(to: request)
    }

    private func answerOnce(to request: APIRequest) async throws -> [UInt8] {
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await http.execute(httpRequest(request), timeout: .seconds(Int64(request.timeout)))
            body = try await response.body.collect(upTo: 64 << 20)
        } catch let error as YardError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw ConnectionFailure.describe(error, server: server)
        }
        let bytes = Array(body.readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            throw refusal(of: request, status: response.status, location: response.headers.first(name: "location"), body: bytes)
        }
        return bytes
    }

    private func httpRequest(_ request: APIRequest) -> HTTPClientRequest {
        var result = HTTPClientRequest(url: server.api(request.path, query: request.query))
        result.method = request.method
        result.headers.add(name: "authorization", value: "Bearer \(token)")
        result.headers.add(name: "accept", value: "application/json")
        result.headers.add(name: "user-agent", value: "yard/\(yardVersion)")
        switch request.body {
        case .none:
            break
        case .json(let bytes):
            result.headers.add(name: "content-type", value: "application/json")
            result.body = .bytes(ByteBuffer(bytes: bytes))
        case .file(let file):
            result.headers.add(name: "content-type", value: file.contentType)
            result.body = .stream(file.parts, length: .known(file.size))
        }
        return result
    }

    private func refusal(of request: APIRequest, status: HTTPResponseStatus, location: String?, body: [UInt8]) -> YardError {
        let code = Int(status.code)
        if let problem = try? JSONCoding.decode(Problem.self, from: body) {
            var result = YardError(ExitStatus(httpStatus: code), problem: problem)
            if code == 401 { result.problem.hint = problem.hint ?? "Log in with `yard login --url \(server)`." }
            return result
        }
        switch code {
        case 401:
            return .notLoggedIn(to: server, "\(server) does not accept the token")
        case 300..<400:
            return YardError(
                .failed, code: "REDIRECTED", "\(server) sends requests elsewhere\(location.map { ", to \($0)" } ?? "")",
                hint: "Log in with the URL that it points to.")
        case 502, 503, 504:
            return YardError(
                .unreachable, code: "UNREACHABLE", "something in front of \(server) answered \(code) \(status.reasonPhrase)",
                hint: "Is the server running? Its own log tells.")
        default:
            return YardError(
                ExitStatus(httpStatus: code), code: "ANSWER_INVALID",
                "\(server) answered \(request.description) with \(code) \(status.reasonPhrase) and no problem that could be read",
                hint: "Is this the URL of a Switchyard server?")
        }
    }
}

extension YardError {
    static func notLoggedIn(to server: ServerURL, _ message: String) -> YardError {
        YardError(.notLoggedIn, code: "NOT_LOGGED_IN", message, hint: "Log in with `yard login --url \(server)`, or set SWITCHYARD_TOKEN.")
    }
}
