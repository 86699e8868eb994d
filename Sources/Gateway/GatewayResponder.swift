import Accounts
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import NIOHTTP1

/// What happens to every request, in order: find the operation, find out who calls, ask whether they may, run it, and say how it
/// went, to the client, the log and the metrics.
struct GatewayResponder: HTTPResponder {
    let table: OperationTable
    let authenticator: Authenticator
    let body: JSONBody
    let metrics: RequestMetrics
    let logger: Logger

    init(
        table: OperationTable, authenticator: Authenticator, configuration: GatewayConfiguration, metrics: RequestMetrics, logger: Logger
    ) {
        self.table = table
        self.authenticator = authenticator
        self.metrics = metrics
        self.logger = logger
        body = JSONBody(maximumSize: configuration.maximumBodySize, timeout: configuration.bodyTimeout)
    }

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        let start = ContinuousClock.now
        var record = RequestRecord(id: context.requestID, method: request.method, path: request.uri.path)
        var response: Response
        do {
            response = try await answer(request, &record)
        } catch let error as HTTPParserError {
            // The bytes are not HTTP: the server answers and closes by itself.
            throw error
        } catch let error as MethodNotAllowed {
            response = error.response(requestID: context.requestID)
        } catch {
            let shown = ProblemResponse.shown(error)
            record.fault = shown.kind == .internalFault || shown.kind == .unavailable ? "\(shown.cause ?? shown)" : nil
            record.code = shown.code
            response = ProblemResponse.make(shown, requestID: context.requestID)
        }
        SecurityHeaders.add(to: &response.headers)
        response.headers[.requestID] = context.requestID
        if request.method == .head {
            response = response.createHeadResponse()
        }
        let duration = ContinuousClock.now - start
        metrics.record(record.operation, status: response.status.code, duration: duration)
        record.log(to: logger, status: response.status.code, duration: duration)
        return response
    }

    private func answer(_ request: Request, _ record: inout RequestRecord) async throws -> Response {
        let match = try table.find(request.method, request.uri.path)
        let operation = match.operation
        record.operation = operation.name
        let caller = operation.authorization == .anybody ? nil : try await authenticator.authenticate(request.headers)
        record.caller = caller?.caller.name
        let call = OperationCall(request: request, parameters: match.parameters, caller: caller, operation: operation, body: body)
        if case .permitted = operation.authorization {
            _ = try call.access
        }
        try call.checkQuery()
        return try await operation.handle(call)
    }
}
