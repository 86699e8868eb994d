import NIOCore
import NIOHTTP1

extension EngineClient {
    /// Returns the new container's id; throws `conflict` when the name is taken.
    public func createContainer(name: String, _ specification: ContainerSpecification) async throws -> String {
        guard EnginePath.isName(name) else {
            throw EngineError(.invalid, "not a name that an engine knows: '\(String(name.prefix(100)))'")
        }
        if let mount = specification.mounts.first(where: { !$0.isPlain }) {
            throw EngineError(.invalid, "a volume can't be mounted at '\(String(mount.path.prefix(100)))'")
        }
        let created: CreatedObject = try await call(
            .POST, EnginePath("/containers/create").query("name", name), body: specification, timeout: .seconds(120))
        return created.id
    }

    /// One that runs already is success.
    public func startContainer(_ container: String) async throws {
        try await call(.POST, "/containers/\(container)/start", timeout: .seconds(120), accepting: [304])
    }

    /// SIGTERM (or the image's stop signal), and SIGKILL after `grace`. One that doesn't run is success.
    public func stopContainer(_ container: String, grace: Duration) async throws {
        let seconds = max(0, grace.components.seconds)
        let path = EnginePath("/containers/\(container)/stop").query("t", String(seconds))
        try await call(.POST, path, timeout: .seconds(seconds + 60), accepting: [304])
    }

    /// Throws `conflict` when it doesn't run. A signal by name: `SIGKILL`.
    public func killContainer(_ container: String, signal: String) async throws {
        try await call(.POST, EnginePath("/containers/\(container)/kill").query("signal", signal))
    }

    public func restartContainer(_ container: String, grace: Duration) async throws {
        let seconds = max(0, grace.components.seconds)
        let path = EnginePath("/containers/\(container)/restart").query("t", String(seconds))
        try await call(.POST, path, timeout: .seconds(seconds + 120))
    }

    /// Waits until it doesn't run, for as long as it takes, and returns its exit code.
    public func waitForContainer(_ container: String) async throws -> Int {
        struct Answer: Decodable, Sendable {
            var code: Int

            enum CodingKeys: String, CodingKey {
                case code = "StatusCode"
            }
        }
        let answers: EngineStream<Answer> = try await stream(.POST, "/containers/\(container)/wait")
        for try await answer in answers { return answer.code }
        throw EngineError(.unreachable, "the engine ended while it waited for \(container)")
    }

    public func container(_ container: String) async throws -> ContainerDetails {
        try await call(.GET, "/containers/\(container)/json")
    }

    /// Running or not.
    public func containers(_ filter: EngineFilter) async throws -> [ContainerSummary] {
        try await call(.GET, EnginePath("/containers/json").query("all", "true").query("filters", filter.parameter))
    }

    /// Kills it if it runs and removes it with its anonymous volumes. One that isn't there is success.
    public func removeContainer(_ container: String) async throws {
        let path = EnginePath("/containers/\(container)").query("force", "true").query("v", "true")
        try await call(.DELETE, path, timeout: .seconds(120), accepting: [404])
    }

    /// One sample of a running container.
    public func statistics(_ container: String) async throws -> ContainerStatistics {
        try await call(.GET, EnginePath("/containers/\(container)/stats").query("stream", "false").query("one-shot", "true"))
    }
}
