import Resources

/// What `railway.json` or `railway.toml` in a source's root folder says, as far as it concerns builds and deployments
/// (https://docs.railway.com/config-as-code/reference). Unknown keys and keys of an unexpected type are ignored.
struct RailwayConfiguration: Hashable, Sendable {
    static let fileNames = ["railway.json", "railway.toml"]

    var builder: String?
    var buildCommand: String?
    var dockerfilePath: String?
    var deploy = DeployHints()

    init() {}

    /// Throws `ManifestError` when the text isn't of its format.
    init(fileName: String, text: String) throws(ManifestError) {
        let root = fileName.hasSuffix(".toml") ? try TOMLParser.parse(text) : try ManifestValue(json: text)
        if let build = root["build"] {
            builder = build["builder"]?.string?.uppercased()
            buildCommand = Self.command(build["buildCommand"])
            dockerfilePath = build["dockerfilePath"]?.string
        }
        if let deploy = root["deploy"] {
            self.deploy = DeployHints(
                startCommand: Self.command(deploy["startCommand"]), preDeployCommand: Self.command(deploy["preDeployCommand"]),
                healthcheckPath: deploy["healthcheckPath"]?.string, healthcheckTimeout: deploy["healthcheckTimeout"]?.integer,
                replicas: deploy["numReplicas"]?.integer,
                restartPolicy: deploy["restartPolicyType"]?.string.flatMap { .init(rawValue: $0.uppercased()) },
                restartPolicyMaxRetries: deploy["restartPolicyMaxRetries"]?.integer,
                drainingSeconds: deploy["drainingSeconds"]?.integer)
        }
    }

    /// A command is a text, or a list of texts that all have to succeed.
    private static func command(_ value: ManifestValue?) -> String? {
        let text = value?.string ?? value.map { $0.strings.joined(separator: " && ") } ?? ""
        return text.trimmed.isEmpty ? nil : text.trimmed
    }
}
