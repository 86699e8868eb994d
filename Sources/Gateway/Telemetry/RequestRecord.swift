import HTTPTypes
import Logging

/// What the log says about one request: never its query, headers or body, which may hold secrets.
struct RequestRecord: Sendable {
    let id: String
    let method: HTTPRequest.Method
    let path: String
    /// `none` until a route is found.
    var operation = "none"
    var caller: String?
    /// The problem's code.
    var code: String?
    /// What led to a failure on our side.
    var fault: String?

    init(id: String, method: HTTPRequest.Method, path: String) {
        self.id = id
        self.method = method
        self.path = path
    }

    func log(to logger: Logger, status: Int, duration: Duration) {
        let level: Logger.Level = fault != nil ? .error : method == .get ? .debug : .info
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "request": "\(id)", "operation": "\(operation)", "method": "\(ShownText(method.rawValue))",
            "path": "\(ShownText(path, limit: 256))",
            "status": "\(status)", "milliseconds": "\(duration.milliseconds)",
        ]
        if let caller { metadata["caller"] = "\(caller)" }
        if let code { metadata["code"] = "\(code)" }
        if let fault { metadata["error"] = "\(fault)" }
        logger.log(level: level, fault == nil ? "Request answered" : "Request failed", metadata: metadata)
    }
}

extension Duration {
    /// Whole ones.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
