import HTTPTypes
import Hummingbird
import Kernel

/// One thing that users can ask for: the single place that says its name, its route, who may, what goes in and what comes out.
/// The routes, the authorization, the metrics and the tests are all made from these.
struct Operation: Sendable {
    /// Who may call it.
    enum Authorization: Hashable, Sendable {
        /// Anybody. Very few.
        case anybody
        /// Everybody with a valid token: it shows nothing but the token's own identity.
        case identified
        case permitted(Permission)
    }

    /// `noun.verb`, also the label of its metrics.
    let name: String
    let method: HTTPRequest.Method
    /// Below `/api/v1`, with parameters in braces: `/projects/{project}`.
    let path: String
    /// The parameters that its query may have.
    var query: Set<String> = []
    let authorization: Authorization
    /// The type of the JSON body; nil when it takes none.
    let input: (any (Decodable & Sendable).Type)?
    let handle: @Sendable (OperationCall) async throws -> Response
}

extension Operation {
    /// An operation on a workspace that takes no body. Its handler gets the proof that the permission was asked for.
    init<Output: Encodable & Sendable>(
        _ name: String, _ method: HTTPRequest.Method, _ path: String, query: Set<String> = [], _ permission: Permission,
        status: HTTPResponse.Status = .ok, _ handler: @escaping @Sendable (OperationCall, Access) async throws -> Output
    ) {
        self.init(name: name, method: method, path: path, query: query, authorization: .permitted(permission), input: nil) { call in
            try JSONResponse.make(try await handler(call, try call.access), status: status)
        }
    }

    /// The same, without an answer.
    init(
        _ name: String, _ method: HTTPRequest.Method, _ path: String, _ permission: Permission,
        _ handler: @escaping @Sendable (OperationCall, Access) async throws -> Void
    ) {
        self.init(name: name, method: method, path: path, authorization: .permitted(permission), input: nil) { call in
            try await handler(call, try call.access)
            return Response(status: .noContent)
        }
    }

    /// An operation on a workspace with a JSON body.
    init<Input: Decodable & Sendable, Output: Encodable & Sendable>(
        _ name: String, _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, taking input: Input.Type,
        status: HTTPResponse.Status = .ok,
        _ handler: @escaping @Sendable (OperationCall, Access, Input) async throws -> Output
    ) {
        self.init(name: name, method: method, path: path, authorization: .permitted(permission), input: input) { call in
            let access = try call.access
            return try JSONResponse.make(try await handler(call, access, try await call.decode(input)), status: status)
        }
    }
}
