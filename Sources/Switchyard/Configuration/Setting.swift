/// The names of all settings.
enum Setting: String, CaseIterable, Sendable {
    case data = "SWITCHYARD_DATA"
    case name = "SWITCHYARD_NAME"
    case baseDomain = "SWITCHYARD_BASE_DOMAIN"
    case databaseURL = "DATABASE_URL"
    case apiAddress = "SWITCHYARD_API_ADDRESS"
    case apiPort = "SWITCHYARD_API_PORT"
    case httpPort = "SWITCHYARD_HTTP_PORT"
    case httpsPort = "SWITCHYARD_HTTPS_PORT"
    case edgeAddress = "SWITCHYARD_EDGE_ADDRESS"
    case trustedProxies = "SWITCHYARD_TRUSTED_PROXIES"
    case engineSocket = "SWITCHYARD_ENGINE_SOCKET"
    case registryAuth = "SWITCHYARD_REGISTRY_AUTH"
    case registriesConf = "SWITCHYARD_REGISTRIES_CONF"
    case mirror = "SWITCHYARD_MIRROR"
    case mirrorIsFrozen = "SWITCHYARD_MIRROR_IS_FROZEN"
    case extraCertificateAuthority = "SWITCHYARD_EXTRA_CA"
    case allowPrivateGit = "SWITCHYARD_ALLOW_PRIVATE_GIT"
    case gitSSHKey = "SWITCHYARD_GIT_SSH_KEY"
    case buildConcurrency = "SWITCHYARD_BUILD_CONCURRENCY"
    case buildTimeout = "SWITCHYARD_BUILD_TIMEOUT"
    case buildMemory = "SWITCHYARD_BUILD_MEMORY_MIB"
    case uploadLimit = "SWITCHYARD_UPLOAD_LIMIT_MIB"
    case keptDeployments = "SWITCHYARD_KEPT_DEPLOYMENTS"
    case logRate = "SWITCHYARD_LOG_RATE"
    case logRetentionDays = "SWITCHYARD_LOG_RETENTION_DAYS"
    case share = "SWITCHYARD_SHARE"

    /// The setting whose name is most like a misspelt one.
    static func nearest(to name: String) -> Setting {
        allCases.min { distance($0.rawValue, name) < distance($1.rawValue, name) } ?? .data
    }

    /// How many characters have to be put in, taken out or changed (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8.prefix(200)))
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let change = diagonal + (byte == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[right.count]
    }
}
