import NIOCore
import NIOHTTP1

extension EngineClient {
    /// Whether the engine answers.
    public func ping() async throws {
        try await call(.GET, "/_ping", timeout: .seconds(10))
    }

    public func information() async throws -> EngineInformation {
        try await call(.GET, "/info")
    }

    /// What happens from now on to the things that `filter` selects. Returns when the subscription stands.
    public func events(_ filter: EngineFilter) async throws -> EngineStream<EngineEvent> {
        try await stream(.GET, EnginePath("/events").query("filters", filter.parameter))
    }
}
