import NIOHTTP1

extension EngineClient {
    /// One that is there stays as it is.
    @discardableResult
    public func createVolume(_ name: String, labels: [String: String]) async throws -> EngineVolume {
        guard EnginePath.isName(name) else {
            throw EngineError(.invalid, "not a name that an engine knows: '\(String(name.prefix(100)))'")
        }
        return try await call(.POST, "/volumes/create", body: EngineVolume(name: name, labels: labels))
    }

    public func volume(_ name: String) async throws -> EngineVolume {
        try await call(.GET, "/volumes/\(name)")
    }

    public func volumes(_ filter: EngineFilter) async throws -> [EngineVolume] {
        struct Answer: Decodable {
            var volumes: [EngineVolume]?

            enum CodingKeys: String, CodingKey {
                case volumes = "Volumes"
            }
        }
        let answer: Answer = try await call(.GET, EnginePath("/volumes").query("filters", filter.parameter))
        return answer.volumes ?? []
    }

    /// Removes it with all that is in it. One that isn't there is success; throws `conflict` when a container mounts it.
    public func removeVolume(_ name: String) async throws {
        try await call(.DELETE, "/volumes/\(name)", accepting: [404])
    }
}
