import ArgumentParser
import Resources

/// `yard status`
struct Status: YardCommand {
    static let configuration = CommandConfiguration(abstract: "Show the services of the environment, what runs and where it answers.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let target = try await session.target()
        var overview = try await session.client().overview(target.environmentId)
        if options.service != nil { overview.services.removeAll { $0.service.id != target.serviceId } }
        try session.output.show(overview) {
            let style = session.output.style
            let title = "\(style.bold(target.project)), \(overview.environment.name)"
            guard !overview.services.isEmpty else { return title + "\nNo services yet. Deploy a folder with `yard up`." }
            let table = Table(
                columns: ["SERVICE", "STATUS", "REPLICAS", "DEPLOYED", "URL"],
                rows: overview.services.map { row($0, linked: target.serviceId) })
            let problems = overview.services.compactMap { entry in
                entry.latest?.problem.map { "\(style.red(entry.service.name)): \(TerminalText.safe($0.message))" }
            }
            return ([title, table.text(style)] + problems).joined(separator: "\n")
        }
    }

    private func row(_ entry: EnvironmentOverview.Entry, linked: Service.ID?) -> [String] {
        let healthy = entry.active?.replicas.count { $0.state == .healthy } ?? 0
        var status = entry.latest?.status.rawValue ?? "-"
        if let active = entry.active, active.id != entry.latest?.id { status += " (\(active.status.rawValue) before it)" }
        return [
            entry.service.name + (entry.service.id == linked ? " *" : ""), status, "\(healthy)/\(entry.settings.replicas)",
            entry.active.map { Measures.age(of: $0.createdAt) } ?? "-",
            entry.active?.urls.first ?? entry.domains.first?.url ?? entry.domains.first?.host ?? "-",
        ]
    }
}
