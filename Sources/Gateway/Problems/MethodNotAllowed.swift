import HTTPTypes
import Hummingbird
import Kernel

/// A path is there, but not with this method: the one failure whose status (405) is HTTP's alone.
struct MethodNotAllowed: Error {
    let method: HTTPRequest.Method
    let path: String
    let allowed: [String]

    func response(requestID: String) -> Response {
        let error = SwitchyardError(
            .invalid, code: "METHOD_NOT_ALLOWED", "\(ShownText(method.rawValue)) is not possible at \(ShownText(path))",
            hint: "possible: \(allowed.joined(separator: ", "))")
        var response = ProblemResponse.make(error, requestID: requestID)
        response.status = .methodNotAllowed
        response.headers[.allow] = allowed.joined(separator: ", ")
        return response
    }
}
