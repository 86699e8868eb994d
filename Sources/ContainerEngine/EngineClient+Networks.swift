import NIOHTTP1

extension EngineClient {
    /// Makes a bridge network whose containers find each other by name and which other such networks can't reach. Throws
    /// `conflict` when the name is taken.
    /// - Parameter bridge: what the bridge's interface shall be called, at most 15 characters; nil: as the engine likes.
    public func createNetwork(_ name: String, bridge: String? = nil, labels: [String: String]) async throws {
        guard EnginePath.isName(name) else {
            throw EngineError(.invalid, "not a name that an engine knows: '\(String(name.prefix(100)))'")
        }
        switch version.product {
        case .podman:
            // The compatible interface has no isolation (and Podman's networks reach each other by default).
            try await call(.POST, "/libpod/networks/create", body: IsolatedNetwork(name: name, labels: labels, bridge: bridge))
        case .docker:
            // Docker keeps networks apart by itself.
            try await call(
                .POST, "/networks/create",
                body: BridgeNetwork(name: name, labels: labels, options: bridge.map { ["com.docker.network.bridge.name": $0] } ?? [:]))
        }
    }

    public func network(_ name: String) async throws -> EngineNetwork {
        try await call(.GET, "/networks/\(name)")
    }

    public func networks(_ filter: EngineFilter) async throws -> [EngineNetwork] {
        try await call(.GET, EnginePath("/networks").query("filters", filter.parameter))
    }

    /// One that isn't there is success; throws `conflict` when a container uses it.
    public func removeNetwork(_ name: String) async throws {
        try await call(.DELETE, "/networks/\(name)", accepting: [404])
    }
}

private struct BridgeNetwork: Encodable {
    var name: String
    var labels: [String: String]
    var options: [String: String]
    var driver = "bridge"
    var checkDuplicate = true

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case labels = "Labels"
        case options = "Options"
        case driver = "Driver"
        case checkDuplicate = "CheckDuplicate"
    }
}

private struct IsolatedNetwork: Encodable {
    var name: String
    var labels: [String: String]
    var bridge: String?
    var driver = "bridge"
    var namesAreResolved = true
    var options = ["isolate": "true"]

    enum CodingKeys: String, CodingKey {
        case name, labels, driver, options
        case bridge = "network_interface"
        case namesAreResolved = "dns_enabled"
    }
}
