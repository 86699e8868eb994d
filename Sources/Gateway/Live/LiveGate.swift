import Accounts
import HTTPTypes
import Kernel
import Logging
import Resources
import WebSocket

/// Decides who may open the WebSocket `/api/v1/live`.
struct LiveGate: Sendable {
    static let path = OperationTable.prefix + "/live"

    let services: GatewayServices
    let configuration: GatewayConfiguration
    let logger: Logger

    func decide(_ request: HTTPRequest) async -> WebSocketDecision {
        guard request.path?.prefix(while: { $0 != "?" }) == Self.path[...] else { return .pass }
        let requestID = RequestID.new()
        do {
            let token = try Authenticator.token(in: request.headerFields)
            let authenticated = try await services.accounts.authenticate(token)
            logger.info("WebSocket opened", metadata: ["request": "\(requestID)", "caller": "\(authenticated.caller.name)"])
            return .accept { [services, configuration, logger] connection in
                let session = LiveSession(
                    connection: connection, token: Secret(token), authenticated: authenticated, services: services,
                    configuration: configuration, logger: logger)
                try await session.run()
            }
        } catch {
            let shown = ProblemResponse.shown(error)
            var problem = shown.problem
            problem.requestId = requestID
            if shown.kind == .internalFault || shown.kind == .unavailable {
                logger.error("WebSocket failed to open", metadata: ["request": "\(requestID)", "error": "\(shown.cause ?? shown)"])
            }
            let body = (try? ResourceCoding.encode(problem)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            var headers: HTTPFields = [.contentType: "application/json", .requestID: requestID]
            SecurityHeaders.add(to: &headers)
            return .reject(status: ProblemResponse.status(of: shown.kind), headers: headers, body: body)
        }
    }
}
