import OrchestratorEngine

extension EngineService.Configuration {
    /// The engine of an installation.
    init(_ configuration: Configuration) {
        self.init(runFolder: configuration.data + "/run", logFile: configuration.data + "/log/engine.log")
        wanted = configuration.engine
        choiceFile = configuration.data + "/engine"
        registriesFile = configuration.registriesConf
    }
}
