import Resources

extension YardClient {
    /// What can be done to a deployment by a POST.
    enum DeploymentAction: String, Sendable {
        case redeploy, restart, rollback, cancel, remove
    }

    /// Uploads an archive, which creates a deployment.
    func upload(_ archive: ArchiveFile, to target: ServiceTarget) async throws -> Deployment {
        var request = APIRequest.post("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "deployments")
        request.body = .file(archive)
        request.timeout = 3600
        do {
            return try await send(request)
        } catch let error as YardError where error.status == .unreachable {
            // A server that refuses the head of a long upload closes the connection: ask again for its reason.
            _ = try await me()
            throw error
        }
    }

    /// Deploys what the server fetches by itself.
    func deploy(_ source: DeploymentSource, to target: ServiceTarget) async throws -> Deployment {
        try await send(
            .post(
                "environments", "\(target.environmentId)", "services", "\(target.serviceId)", "deployments",
                json: CreateDeployment(source: source)))
    }

    func deployment(_ id: Deployment.ID) async throws -> Deployment {
        try await send(.get("deployments", "\(id)"))
    }

    func perform(_ action: DeploymentAction, on id: Deployment.ID) async throws -> Deployment {
        try await send(.post("deployments", "\(id)", action.rawValue))
    }

    /// The newest deployments, at most `limit`.
    func deployments(_ target: ServiceTarget, limit: Int) async throws -> [Deployment] {
        var deployments: [Deployment] = []
        var after: String?
        repeat {
            var query = [(name: "limit", value: "\(min(100, limit - deployments.count))")]
            if let after { query.append((name: "after", value: after)) }
            let page: Page<Deployment> = try await send(
                .get("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "deployments", query: query))
            deployments += page.items
            after = page.items.isEmpty ? nil : page.next
        } while after != nil && deployments.count < limit
        return Array(deployments.prefix(limit))
    }

    /// One page of a deployment's lines after a position.
    func logs(_ id: Deployment.ID, kind: LogKind?, after: Int64?, limit: Int = 1000) async throws -> Page<LogLine> {
        var query = [(name: "limit", value: "\(limit)")]
        if let kind { query.append((name: "kind", value: kind.rawValue)) }
        if let after { query.append((name: "after", value: "\(after)")) }
        return try await send(.get("deployments", "\(id)", "logs", query: query))
    }

    /// All lines after a position, page by page, until `onLines` has seen the last.
    func allLogs(_ id: Deployment.ID, kind: LogKind?, after: Int64?, onLines: ([LogLine]) -> Void) async throws {
        var position = after
        while true {
            let page = try await logs(id, kind: kind, after: position)
            onLines(page.items)
            guard let last = page.items.last, page.next != nil else { return }
            position = last.position
        }
    }
}
