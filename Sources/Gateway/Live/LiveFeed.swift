import Accounts
import Deployments
import FoundationEssentials
import Kernel
import Monitoring
import Orchestrator
import Projects
import Resources

/// What a subscription gives, from asking for its permission to its end.
struct LiveFeed: Sendable {
    /// Bytes of a terminal in one message.
    private static let outputSize = 64 << 10

    let services: GatewayServices
    let authenticated: Authenticated
    let outlet: LiveOutlet

    /// - Returns: A terminal's exit code; nil for the others.
    func run(_ request: LiveRequest, _ subscription: LiveSubscription) async throws -> Int? {
        switch request {
        case .logs(_, let deployment, let kind, let after, let follow):
            try await logs(deployment, kind, after, follow)
        case .serviceLogs(_, let environment, let service, let after, let tail):
            let access = try access(.logRead)
            _ = try await services.projects.entry(access.with(.projectRead), environment, service)
            try await services.logs.follow(
                access, of: .service(service, in: environment), kind: .deploy, after: after,
                tail: min(max(tail, 0), LogService.maximumLines), outlet.send)
        case .events(_, let after):
            let access = try access(.eventRead)
            let start = if let after { after } else { try await services.events.latestPosition(access) }
            try await services.events.follow(access, after: start) { event in
                try await outlet.send(.event(id: outlet.id, event: event))
            }
        case .terminal(_, let deployment, let replica, let command, let columns, let rows):
            let size = TerminalSize(columns: columns, rows: rows)
            return try await terminal(deployment, replica, command, size, subscription)
        case .input, .resize, .cancel:
            break
        }
        return nil
    }

    private func access(_ permission: Permission) throws -> Access {
        try authenticated.caller.access(to: authenticated.identity.workspace.id, permission)
    }

    private func logs(_ deployment: Deployment.ID, _ kind: LogKind?, _ after: Int64?, _ follow: Bool) async throws {
        let access = try access(.logRead)
        _ = try await services.deployments.deployment(access.with(.deploymentRead), deployment)
        if follow {
            return try await services.logs.follow(access, of: .deployment(deployment), kind: kind, after: after ?? 0, outlet.send)
        }
        var position = after ?? 0
        while true {
            let page = try await services.logs.lines(access, of: .deployment(deployment), kind: kind, after: position, limit: 1000)
            try await outlet.send(page.items)
            guard page.next != nil, let last = page.items.last else { return }
            position = last.position
        }
    }

    private func terminal(
        _ id: Deployment.ID, _ replica: Int, _ command: [String], _ size: TerminalSize, _ subscription: LiveSubscription
    ) async throws -> Int? {
        let access = try access(.terminalOpen)
        let deployment = try await services.deployments.deployment(access.with(.deploymentRead), id)
        guard deployment.replicas.contains(where: { $0.index == replica }) else {
            throw SwitchyardError(
                .notFound, code: "REPLICA_NOT_FOUND", "deployment \(id) has no replica \(replica)", hint: "see `yard status`")
        }
        try TerminalCommand.validate(command)
        let workload = WorkloadID(
            environment: deployment.environmentId, service: deployment.serviceId, deployment: id, replica: replica)
        return try await services.openTerminal(access, workload, TerminalCommand.orShell(command), size) { terminal in
            try await bridge(terminal, subscription)
        }
    }

    /// Carries bytes both ways until the command's output ends.
    private func bridge(_ terminal: Terminal, _ subscription: LiveSubscription) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await input in subscription.inputs {
                    do {
                        switch input {
                        case .bytes(let bytes): try await terminal.write(bytes)
                        case .size(let size): try await terminal.resize(size)
                        }
                    } catch {
                        // The command ended; the end of its output says so too, and may have more to say before.
                        return
                    }
                }
            }
            for try await bytes in terminal.output {
                for start in stride(from: 0, to: bytes.count, by: Self.outputSize) {
                    let part = Data(bytes[start..<min(start + Self.outputSize, bytes.count)])
                    try await outlet.send(.output(id: outlet.id, data: part.base64EncodedString()))
                }
            }
        }
    }
}
