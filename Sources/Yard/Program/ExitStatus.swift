/// What the program ends with, for scripts. `yard run` and `yard ssh` end with their command's own code.
enum ExitStatus: Int32, Sendable {
    case success = 0
    /// The server refused, or a deployment failed.
    case failed = 1
    /// The command was not written correctly, or needs an answer that nobody is there to give.
    case usage = 2
    /// No token, or one that the server doesn't accept.
    case notLoggedIn = 3
    /// The project, service, deployment or whatever was named is not there.
    case notFound = 4
    /// The server cannot be reached.
    case unreachable = 5
    /// Ctrl-C.
    case interrupted = 130

    /// The status for a problem that the server reported.
    init(httpStatus: Int) {
        switch httpStatus {
        case 401: self = .notLoggedIn
        case 404: self = .notFound
        default: self = .failed
        }
    }
}
