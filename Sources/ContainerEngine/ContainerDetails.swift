/// `GET /containers/{id}/json`
public struct ContainerDetails: Decodable, Hashable, Sendable {
    public var id: String
    /// With a leading slash.
    public var name: String
    public var state: State
    /// The image's id.
    public var image: String
    public var logPath: String?
    public var configuration: Configuration
    public var networkSettings: NetworkSettings

    public struct State: Decodable, Hashable, Sendable {
        /// `created`, `running`, `paused`, `stopping`, `exited`, `dead`, `removing`; Podman also `initialized`, `stopped`.
        public var status: String
        public var isRunning: Bool
        public var wasKilledForMemory: Bool
        /// On this machine; 0 when it doesn't run.
        public var processID: Int
        public var exitCode: Int
        public var error: String
        /// RFC 3339; the year 1 when it was never started.
        public var startedAt: String

        enum CodingKeys: String, CodingKey {
            case status = "Status"
            case isRunning = "Running"
            case wasKilledForMemory = "OOMKilled"
            case processID = "Pid"
            case exitCode = "ExitCode"
            case error = "Error"
            case startedAt = "StartedAt"
        }
    }

    public struct Configuration: Decodable, Hashable, Sendable {
        public var labels: [String: String]?

        enum CodingKeys: String, CodingKey {
            case labels = "Labels"
        }
    }

    public struct NetworkSettings: Decodable, Hashable, Sendable {
        public var networks: [String: Endpoint]?

        enum CodingKeys: String, CodingKey {
            case networks = "Networks"
        }
    }

    public struct Endpoint: Decodable, Hashable, Sendable {
        /// Empty while it doesn't run.
        public var address: String
        public var addressV6: String?

        enum CodingKeys: String, CodingKey {
            case address = "IPAddress"
            case addressV6 = "GlobalIPv6Address"
        }
    }

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case state = "State"
        case image = "Image"
        case logPath = "LogPath"
        case configuration = "Config"
        case networkSettings = "NetworkSettings"
    }
}
