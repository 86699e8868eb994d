/// `GET /containers/{id}/stats`
public struct ContainerStatistics: Decodable, Hashable, Sendable {
    public var processors: Processors
    public var memory: Memory
    public var processes: Processes?
    public var networks: [String: Network]?

    public struct Processors: Decodable, Hashable, Sendable {
        public var usage: Usage

        public struct Usage: Decodable, Hashable, Sendable {
            /// Nanoseconds.
            public var total: Int64

            enum CodingKeys: String, CodingKey {
                case total = "total_usage"
            }
        }

        enum CodingKeys: String, CodingKey {
            case usage = "cpu_usage"
        }
    }

    /// In bytes.
    public struct Memory: Decodable, Hashable, Sendable {
        public var usage: Int64?
        public var limit: Int64?
        /// The kernel's own counters, where the engine passes them on (Docker).
        public var details: [String: Int64]?

        /// Without the file pages that the kernel would give back first.
        public var used: Int64 {
            max(0, (usage ?? 0) - (details?["inactive_file"] ?? details?["total_inactive_file"] ?? 0))
        }

        enum CodingKeys: String, CodingKey {
            case usage, limit
            case details = "stats"
        }
    }

    public struct Processes: Decodable, Hashable, Sendable {
        public var current: Int?
    }

    /// In bytes.
    public struct Network: Decodable, Hashable, Sendable {
        public var received: Int64
        public var sent: Int64

        enum CodingKeys: String, CodingKey {
            case received = "rx_bytes"
            case sent = "tx_bytes"
        }
    }

    enum CodingKeys: String, CodingKey {
        case processors = "cpu_stats"
        case memory = "memory_stats"
        case processes = "pids_stats"
        case networks
    }
}
