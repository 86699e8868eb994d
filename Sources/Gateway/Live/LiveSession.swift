import Accounts
import FoundationEssentials
import Kernel
import Logging
import Resources
import WebSocket

/// One open live connection with its subscriptions: each is a task of this one, so all end with it.
///
/// Nothing is queued for a slow reader. Logs and events are pulled from their stores as fast as the socket takes them, so one who
/// falls behind is late but misses nothing; a terminal's command is held back.
struct LiveSession: Sendable {
    static let maximumSubscriptions = 64

    let connection: WebSocketConnection
    let token: SecretText
    let authenticated: Authenticated
    let services: GatewayServices
    let configuration: GatewayConfiguration
    let logger: Logger

    private struct TokenLost: Error {}

    /// Returns when the client closed.
    func run() async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watchToken() }
                group.addTask { try await readRequests() }
                try await group.next()
                group.cancelAll()
            }
        } catch is TokenLost {
            await connection.close(code: .policyViolation, reason: "the token is not valid any more")
        }
    }

    /// Ends the session soon after its token was revoked or its role changed.
    private func watchToken() async throws {
        let interval = configuration.reauthenticationInterval
        for await _ in services.wakeups.signals(on: AccountService.revocationChannel, atLeastEvery: interval) {
            do {
                let now = try await services.accounts.authenticate(token.reveal())
                guard now.identity == authenticated.identity, now.caller == authenticated.caller else { throw TokenLost() }
            } catch let error as SwitchyardError where error.kind == .unauthenticated {
                throw TokenLost()
            } catch let error as TokenLost {
                throw error
            } catch {
                // The database may be away for a moment; that is no reason to end what was allowed.
                logger.warning("A WebSocket's token could not be looked at", metadata: ["error": "\(error)"])
            }
        }
    }

    private func readRequests() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            let subscriptions = LiveSubscriptions(limit: Self.maximumSubscriptions)
            for try await message in connection.messages {
                var id: String?
                do {
                    let request = try decode(message)
                    id = request.id
                    switch request {
                    case .input(let id, let data): try await subscriptions.input(id, try bytes(data))
                    case .resize(let id, let columns, let rows): try await subscriptions.resize(id, columns: columns, rows: rows)
                    case .cancel(let id): await subscriptions.cancel(id)
                    case .logs, .serviceLogs, .events, .terminal:
                        let subscription = try await subscriptions.open(request.id)
                        group.addTask { try await serve(request, subscription, subscriptions) }
                    }
                } catch let error as WebSocketError {
                    throw error
                } catch {
                    try await refuse(id, error)
                }
            }
            await subscriptions.cancelAll()
            group.cancelAll()
        }
    }

    /// Runs a subscription until it ends, is cancelled, or fails, and says so.
    private func serve(_ request: LiveRequest, _ subscription: LiveSubscription, _ subscriptions: LiveSubscriptions) async throws {
        let outlet = LiveOutlet(id: request.id, connection: connection)
        do {
            let exitCode = try await subscription.runUntilCancelled {
                try await LiveFeed(services: services, authenticated: authenticated, outlet: outlet).run(request, subscription)
            }
            await subscriptions.close(subscription)
            try await outlet.send(.end(id: request.id, exitCode: exitCode))
        } catch let error as WebSocketError {
            await subscriptions.close(subscription)
            throw error
        } catch {
            await subscriptions.close(subscription)
            try Task.checkCancellation()
            try await refuse(request.id, error)
        }
    }

    private func refuse(_ id: String?, _ error: any Error) async throws {
        let shown = ProblemResponse.shown(error)
        var problem = shown.problem
        if shown.kind == .internalFault {
            let requestID = RequestID.new()
            problem.requestId = requestID
            logger.error("A subscription failed", metadata: ["request": "\(requestID)", "error": "\(shown.cause ?? shown)"])
        }
        let message = try ResourceCoding.encode(LiveMessage.problem(id: id, problem: problem))
        try await connection.send(text: String(decoding: message, as: UTF8.self))
    }

    private func decode(_ message: WebSocketMessage) throws -> LiveRequest {
        guard case .text(let text) = message else {
            throw SwitchyardError(.invalid, code: "BODY_INVALID", "the message is binary, and JSON text is expected")
        }
        return try JSONBody.decode(LiveRequest.self, from: Array(text.utf8))
    }

    private func bytes(_ base64: String) throws -> [UInt8] {
        guard let data = Data(base64Encoded: base64) else {
            throw SwitchyardError(.invalid, code: "BODY_INVALID", "the field input.data is not base64")
        }
        return Array(data)
    }
}
