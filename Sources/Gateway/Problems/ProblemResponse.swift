import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import PostgresClient
import Resources

/// Turns whatever was thrown into what the client may know of it.
enum ProblemResponse {
    /// The failure as a client sees it: details of our own faults stay in the log.
    static func shown(_ error: any Error) -> SwitchyardError {
        switch error {
        case let error as SwitchyardError where error.kind == .internalFault:
            SwitchyardError(.internalFault, code: error.code, "something went wrong on the server's side", hint: logHint, cause: error)
        case let error as SwitchyardError:
            error
        case let error as PostgresError where error.isConnectionLoss:
            SwitchyardError(
                .unavailable, code: "DATABASE_UNAVAILABLE", "the database can't be reached at the moment", hint: "try again in a moment",
                cause: error)
        case is CancellationError:
            SwitchyardError(.unavailable, code: "CANCELLED", "the request was given up", hint: "try again")
        default:
            SwitchyardError(
                .internalFault, code: "INTERNAL_FAULT", "something went wrong on the server's side", hint: logHint, cause: error)
        }
    }

    static func make(_ error: SwitchyardError, requestID: String) -> Response {
        var problem = error.problem
        problem.requestId = requestID
        var response = Response(status: status(of: error.kind), headers: [.contentType: "application/json"], body: .init())
        if let body = try? ResourceCoding.encode(problem) {
            response.body = .init(byteBuffer: ByteBuffer(bytes: body))
        }
        switch error.kind {
        case .unauthenticated: response.headers[.wwwAuthenticate] = "Bearer"
        case .unavailable, .limited: response.headers[.retryAfter] = "1"
        default: break
        }
        return response
    }

    static func status(of kind: SwitchyardError.Kind) -> HTTPResponse.Status {
        switch kind {
        case .invalid: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .limited: .tooManyRequests
        case .internalFault: .internalServerError
        case .unavailable: .serviceUnavailable
        case .timeout: .gatewayTimeout
        }
    }

    private static let logHint = "give the request's id to the operator: the server's log has the details"
}
