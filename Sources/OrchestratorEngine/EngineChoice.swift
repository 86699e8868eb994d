import FoundationEssentials
import Orchestrator

/// Whose engine an installation uses.
public enum EngineChoice: Hashable, Sendable {
    /// A Podman service that the installation starts and looks after.
    case ownPodman
    /// The engine of somebody else behind this socket.
    case socket(String)

    /// - Parameter text: `own`, or the absolute path of a socket; nil for anything else.
    public init?(_ text: some StringProtocol) {
        if text == "own" {
            self = .ownPodman
        } else if text.hasPrefix("/") {
            self = .socket(String(text))
        } else {
            return nil
        }
    }

    public var text: String {
        switch self {
        case .ownPodman: "own"
        case .socket(let path): path
        }
    }

    /// What is wanted, else what was taken before, else a Docker that runs, else an own Podman.
    /// - Throws: `OrchestratorError` (`unavailable`) where there is neither.
    public static func make(_ configuration: EngineService.Configuration) async throws -> EngineChoice {
        if let wanted = configuration.wanted { return wanted }
        if let file = configuration.choiceFile, let before = EngineChoice(ProcessFiles.text(file).split(separator: "\n").first ?? "") {
            return before
        }
        if let docker = configuration.dockerSocket, await EngineService.answers(docker) { return .socket(docker) }
        if await EngineService.version(of: configuration.podman) != nil { return .ownPodman }
        throw OrchestratorError(
            .unavailable,
            "there is no container engine: \(configuration.podman) isn't installed"
                + (configuration.dockerSocket.map { " and no Docker answers at \($0)" } ?? ""))
    }

    func write(to path: String) throws {
        let bytes = Data((text + "\n").utf8)
        guard FileManager.default.contents(atPath: path) != bytes else { return }
        do {
            try bytes.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw OrchestratorError(.unavailable, "the choice of the engine can't be written to \(path): \(error)")
        }
    }
}
