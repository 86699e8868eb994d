import FoundationEssentials
import OrchestratorEngine

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
    /// Proxies in front of the edge, as addresses or networks.
    public let trustedProxies: [String]
    /// Nil: what was taken before, else a running Docker, else an own Podman.
    let engine: EngineChoice?
    /// Logins at registries (`containers-auth.json(5)`).
    public let registryAuth: String?
    /// Mirrors of registries (`containers-registries.conf(5)`); nil: the machine's.
    public let registriesConf: String?
    /// The Debian mirror for the base images; nil: the host's.
    public let mirror: String?
    /// False for a frozen mirror, whose index has run out by its own date.
    public let checksMirrorDates: Bool
    /// A file of further certificate authorities that builds trust.
    public let extraCertificateAuthority: String?
    /// Whether Git URLs may lead to private addresses.
    public let allowsPrivateGit: Bool
    /// The private key for Git over SSH.
    public let gitSSHKey: String?
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
        let data = environment[Setting.data.rawValue] ?? "/var/lib/switchyard"
        guard data.hasPrefix("/"), data.utf8.count <= 60, data.utf8.allSatisfy(Self.isPlain) else {
            throw SettingReader.invalid(
                .data, data, "an absolute path of letters, digits and ._-/, at most 60 characters (socket names are short)")
        }
        let file = try ConfigurationFile.readSettings(Self.file(in: data))
        let reader = SettingReader(values: file.merging(environment) { $1 })
        self.data = data
        name = try reader.name(.name, "switchyard")
        baseDomain = try reader.host(.baseDomain, "localhost")
        databaseURL = reader.text(.databaseURL)
        apiAddress = try reader.choice(.apiAddress, of: ["127.0.0.1", "0.0.0.0"]) ?? "127.0.0.1"
        apiPort = try reader.number(.apiPort, 1...65535)
        httpPort = try reader.number(.httpPort, 1...65535)
        httpsPort = try reader.number(.httpsPort, 1...65535)
        edgeAddress = try reader.address(.edgeAddress) ?? "0.0.0.0"
        trustedProxies = try reader.networks(.trustedProxies)
        engine = try reader.engine(.engineSocket)
        registryAuth = try reader.path(.registryAuth)
        registriesConf = try reader.path(.registriesConf)
        mirror = reader.text(.mirror)
        checksMirrorDates = try !reader.isYes(.mirrorIsFrozen)
        extraCertificateAuthority = try reader.path(.extraCertificateAuthority)
        allowsPrivateGit = try reader.isYes(.allowPrivateGit)
        gitSSHKey = try reader.path(.gitSSHKey)
        buildConcurrency = try reader.number(.buildConcurrency, 1...64) ?? 2
        buildTimeout = try reader.number(.buildTimeout, 10...86_400) ?? 1_800
        buildMemory = (try reader.number(.buildMemory, 128...1_048_576) ?? 2_048) << 20
        uploadLimit = (try reader.number(.uploadLimit, 1...65_536) ?? 2_048) << 20
        keptDeployments = try reader.number(.keptDeployments, 1...1_000) ?? 10
        logRate = try reader.number(.logRate, 1...1_000_000) ?? 500
        logRetentionDays = try reader.number(.logRetentionDays, 1...3_650) ?? 7
        share = try reader.path(.share) ?? Self.shareBesideProgram()
    }

    /// The file of settings in a data folder.
    static func file(in data: String) -> String {
        data + "/config"
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
}
