import ArgumentParser
import Kernel
import OrchestratorEngine

/// `switchyard doctor`: what is wrong with this machine, and how to mend it.
struct DoctorCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check what the platform needs of this machine, and say how to mend what is missing.")

    func run(_ configuration: Configuration) async throws {
        let instance = try Instance(configuration)
        // Ports that this instance holds itself are no problem.
        let isRunning = if let ports = instance.ports { await instance.answers(ports) } else { false }
        let ports = isRunning ? [] : [configuration.httpPort, configuration.httpsPort, configuration.apiPort].compactMap { $0 }
        var preflight = Preflight(ports: ports, dataFolder: configuration.data)
        if case .socket(let path) = try? await EngineChoice.make(EngineService.Configuration(configuration)) {
            preflight.engineSocket = path
        }
        let files = SettingFiles.problems(configuration).map {
            Finding(.error, $0.code, $0.message, remedy: $0.hint)
        }
        let findings = await preflight.run() + files
        for finding in findings {
            printLine("\(finding.severity.rawValue): \(finding.message)  [\(finding.code)]")
            if let remedy = finding.remedy { printLine("  \(remedy)") }
        }
        if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
        printLine("nothing stands in the way")
    }
}
