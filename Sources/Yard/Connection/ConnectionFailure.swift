import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Says in words why a server could not be reached.
enum ConnectionFailure {
    private static let notRunning =
        "Is the server running, and is the URL right? Another is chosen with `yard login --url` or SWITCHYARD_URL."
    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .deadlineExceeded, .readTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout,
    ]

    static func describe(_ error: any Error, server: ServerURL) -> YardError {
        switch error {
        case let error as NIOConnectionError:
            return failure("\(server) cannot be reached: \(reason(error))", notRunning)
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            return failure("\(server) cannot be reached: nothing listens there", notRunning)
        case let error as HTTPClientError where timeouts.contains(error):
            return failure("\(server) did not answer in time", "Is a firewall in between? Try again, or see the server's log.")
        case let error as NIOSSLError:
            return trust("\(error)", server: server)
        case let error as NIOSSLExtraError:
            return trust("\(error)", server: server)
        default:
            return failure("the connection to \(server) broke: \(error)", "Try again; if it stays so, see the server's log.")
        }
    }

    private static func failure(_ message: String, _ hint: String) -> YardError {
        YardError(.unreachable, code: "UNREACHABLE", message, hint: hint)
    }

    private static func trust(_ reason: String, server: ServerURL) -> YardError {
        YardError(
            .unreachable, code: "TLS_FAILED", "no trusted connection to \(server): \(reason)",
            hint: "For a certificate of your own authority, give its file with --ca-file or SWITCHYARD_CA.")
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        if let refusal = error.connectionErrors.first {
            return (refusal.error as? IOError)?.errnoCode == ECONNREFUSED ? "nothing listens there" : "\(refusal.error)"
        }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "the name \(error.host) is not known" }
        return "no address of \(error.host) answers"
    }
}
