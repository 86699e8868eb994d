import FoundationEssentials
import Kernel

/// An installation's settings. Each is a variable of the environment, or a line `NAME=value` of `<data>/config`; the
/// environment wins. Several instances live on one machine when name and data folder differ.
public struct Configuration: Sendable {
    /// All state: database, blobs, keys, routes, logs of the parts.
    public let data: String
    /// Begins the name of every container, network and volume.
    public let name: String
    /// Generated host names are below it.
    public let baseDomain: String
    /// An external PostgreSQL; nil: the embedded one.
    public let databaseURL: String?
    /// Where the API listens.
    public let apiAddress: String
    public let apiPort: Int?
    public let httpPort: Int?
    public let httpsPort: Int?
    /// Where the edge listens.
    public let edgeAddress: String
    /// The engine's socket; nil: looked for, or an own Podman.
    public let engineSocket: String?
    /// The Debian mirror for the base images; nil: the host's.
    public let mirror: String?
    /// False for a frozen mirror, whose index has run out by its own date.
    public let checksMirrorDates: Bool
    /// A file of further certificate authorities that builds trust.
    public let extraCertificateAuthority: String?
    /// Whether Git URLs may lead to private addresses.
    public let allowsPrivateGit: Bool
    public let buildConcurrency: Int
    /// Seconds until a build is stopped.
    public let buildTimeout: Int
    /// Bytes of memory for a build.
    public let buildMemory: Int
    /// Bytes of the largest upload.
    public let uploadLimit: Int
    /// Deployments of a service whose images are kept for a rollback.
    public let keptDeployments: Int
    /// Lines a second that a replica may log.
    public let logRate: Int
    /// Days that log lines are kept.
    public let logRetentionDays: Int
    /// Where `edge/` lies.
    public let share: String

    public init(environment: [String: String]) throws {
        let data = environment["SWITCHYARD_DATA"] ?? "/var/lib/switchyard"
        guard data.hasPrefix("/"), data.utf8.count <= 60, data.utf8.allSatisfy(Self.isPlain) else {
            throw Self.invalid(
                "SWITCHYARD_DATA", data, "an absolute path of letters, digits and ._-/, at most 60 characters (socket names are short)")
        }
        let values = try ConfigurationFile.read(data + "/config").merging(environment) { $1 }
        let reader = Reader(values: values)
        self.data = data
        name = try reader.name("SWITCHYARD_NAME", "switchyard")
        baseDomain = try reader.host("SWITCHYARD_BASE_DOMAIN", "localhost")
        databaseURL = reader.text("DATABASE_URL")
        apiAddress = reader.text("SWITCHYARD_API_ADDRESS") ?? "127.0.0.1"
        apiPort = try reader.number("SWITCHYARD_API_PORT", 1...65535)
        httpPort = try reader.number("SWITCHYARD_HTTP_PORT", 1...65535)
        httpsPort = try reader.number("SWITCHYARD_HTTPS_PORT", 1...65535)
        edgeAddress = reader.text("SWITCHYARD_EDGE_ADDRESS") ?? "0.0.0.0"
        engineSocket = reader.text("SWITCHYARD_ENGINE_SOCKET")
        mirror = reader.text("SWITCHYARD_MIRROR")
        checksMirrorDates = reader.text("SWITCHYARD_MIRROR_IS_FROZEN") != "yes"
        extraCertificateAuthority = reader.text("SWITCHYARD_EXTRA_CA")
        allowsPrivateGit = reader.text("SWITCHYARD_ALLOW_PRIVATE_GIT") == "yes"
        buildConcurrency = try reader.number("SWITCHYARD_BUILD_CONCURRENCY", 1...64) ?? 2
        buildTimeout = try reader.number("SWITCHYARD_BUILD_TIMEOUT", 10...86_400) ?? 1_800
        buildMemory = (try reader.number("SWITCHYARD_BUILD_MEMORY_MIB", 128...1_048_576) ?? 2_048) << 20
        uploadLimit = (try reader.number("SWITCHYARD_UPLOAD_LIMIT_MIB", 1...65_536) ?? 2_048) << 20
        keptDeployments = try reader.number("SWITCHYARD_KEPT_DEPLOYMENTS", 1...1_000) ?? 10
        logRate = try reader.number("SWITCHYARD_LOG_RATE", 1...1_000_000) ?? 500
        logRetentionDays = try reader.number("SWITCHYARD_LOG_RETENTION_DAYS", 1...3_650) ?? 7
        share = reader.text("SWITCHYARD_SHARE") ?? Self.shareBesideProgram()
    }

    /// `share/switchyard` beside an installed program's `bin`, or the folder above a build's that has `edge/`.
    private static func shareBesideProgram() -> String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/switchyard"
        var folder = program[...]
        while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
            folder = folder[..<slash]
            for candidate in [folder + "/share/switchyard", folder] where FileManager.default.fileExists(atPath: candidate + "/edge/lua") {
                return String(candidate)
            }
        }
        return "/usr/share/switchyard"
    }

    /// Where the API is reached through the edge.
    var platformHost: String { "switchyard." + baseDomain }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "._-/".utf8.contains(byte)
        }
    }

    fileprivate static func invalid(_ name: String, _ value: String, _ expected: String) -> SwitchyardError {
        SwitchyardError(.invalid, code: "CONFIGURATION_INVALID", "\(name) is \"\(value.prefix(80))\"", hint: "it takes \(expected)")
    }

    private struct Reader {
        let values: [String: String]

        func text(_ name: String) -> String? {
            values[name].flatMap { $0.isEmpty ? nil : $0 }
        }

        func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
            guard let text = text(name) else { return nil }
            guard let number = Int(text), range.contains(number) else {
                throw Configuration.invalid(name, text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }

        func name(_ name: String, _ usual: String) throws -> String {
            let text = text(name) ?? usual
            guard text.wholeMatch(of: #/[a-z]([a-z0-9-]{0,28}[a-z0-9])?/#) != nil else {
                throw Configuration.invalid(name, text, "a to z, 0 to 9 and inner hyphens, a letter first, at most 30")
            }
            return text
        }

        func host(_ name: String, _ usual: String) throws -> String {
            let text = (text(name) ?? usual).lowercased()
            guard text.wholeMatch(of: #/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*/#) != nil else {
                throw Configuration.invalid(name, text, "a host name, such as apps.example.com")
            }
            return text
        }
    }
}
