import Resources

/// What was said about the build from outside of the source's code: the service's settings, then variables (ours, Railpack's,
/// Nixpacks'), then `railway.json`, then the Procfile. The first that says something counts.
struct DetectionSettings: Hashable, Sendable {
    var startCommand: Said?
    var buildCommand: Said?
    var installCommand: Said?
    var dockerfilePath: Said?
    var language: Language?
    var hints = DeployHints()

    /// A value, and who said it.
    struct Said: Hashable, Sendable {
        var value: String
        var by: String
    }

    init() {}

    /// Throws `ManifestError` when the Railway configuration can't be read.
    init(service: ServiceSettings, variables: [String: String], tree: SourceTree) throws(ManifestError) {
        var railway = RailwayConfiguration()
        if let name = tree.first(of: RailwayConfiguration.fileNames), let text = tree.text(name) {
            do throws(ManifestError) {
                railway = try RailwayConfiguration(fileName: name, text: text)
            } catch {
                throw ManifestError(line: error.line, reason: "\(name): \(error.reason)")
            }
        }
        let railwayName = tree.first(of: RailwayConfiguration.fileNames) ?? ""
        let procfile = tree.text("Procfile").map { Procfile($0) }
        func said(_ setting: String?, _ names: [String], _ railwayValue: String?) -> Said? {
            if let setting = setting?.trimmed, !setting.isEmpty { return Said(value: setting, by: "the service's settings") }
            for name in names {
                if let value = variables[name]?.trimmed, !value.isEmpty { return Said(value: value, by: "the variable \(name)") }
            }
            return railwayValue.map { Said(value: $0, by: railwayName) }
        }
        startCommand =
            said(
                service.startCommand, ["SWITCHYARD_START_COMMAND", "RAILPACK_START_CMD", "NIXPACKS_START_CMD"],
                railway.deploy.startCommand)
            ?? procfile?.main.map { Said(value: $0.command, by: "the Procfile's '\($0.type)'") }
        buildCommand = said(
            service.buildCommand, ["SWITCHYARD_BUILD_COMMAND", "RAILPACK_BUILD_CMD", "NIXPACKS_BUILD_CMD"], railway.buildCommand)
        installCommand = said(nil, ["SWITCHYARD_INSTALL_COMMAND", "RAILPACK_INSTALL_CMD", "NIXPACKS_INSTALL_CMD"], nil)
        dockerfilePath = said(service.dockerfilePath, ["RAILWAY_DOCKERFILE_PATH"], railway.dockerfilePath)
        language = variables["SWITCHYARD_LANGUAGE"].flatMap { Language(rawValue: $0.trimmed.lowercased()) }
        hints = railway.deploy
        if hints.preDeployCommand == nil { hints.preDeployCommand = procfile?.release }
        hints.startCommand = startCommand?.value
    }
}
