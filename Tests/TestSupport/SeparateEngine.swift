public import ContainerEngine
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import OrchestratorEngine
internal import Processes

/// An engine that somebody else runs: a Podman service with images, containers and networks of its own, which knows nothing of
/// what is built on this machine, as Docker does.
public struct SeparateEngine: Sendable {
    public let socketPath: String
    public let client: EngineClient
    /// The OCI runtime that works on this machine.
    public let runtime: String

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts one, and removes it with all it has after `body`.
    /// - Parameter registriesFile: `containers-registries.conf(5)`; nil: the machine's.
    public static func with<Value: Sendable>(
        registriesFile: String? = nil, _ body: @Sendable (SeparateEngine) async throws -> Value
    ) async throws -> Value {
        guard let runtime = try await TestEngine.shared().service.runtime else { throw Failure(description: "there is no OCI runtime") }
        let folder = try TestFolder.make()
        let options = [
            "--root", folder + "/root", "--runroot", folder + "/run", "--network-config-dir", folder + "/networks", "--runtime", runtime,
        ]
        let socket = folder + "/engine.sock"
        var arguments = ["/usr/bin/podman"] + options + ["system", "service", "--time=0", "unix://\(socket)"]
        if let registriesFile { arguments = ["/usr/bin/env", "CONTAINERS_REGISTRIES_CONF=\(registriesFile)"] + arguments }
        let process = try await ChildProcess.start(arguments, output: folder + "/log")
        let result: Result<Value, any Error>
        do {
            var client: EngineClient?
            for _ in 0..<200 where client == nil {
                client = try? await EngineClient.connect(socketPath: socket)
                if client == nil { try await Task.sleep(for: .milliseconds(50)) }
            }
            guard let client else {
                let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
                throw Failure(description: "the separate engine doesn't answer: \(log.suffix(500))")
            }
            result = .success(try await body(SeparateEngine(socketPath: socket, client: client, runtime: runtime)))
            await client.close()
        } catch {
            result = .failure(error)
        }
        process.signal(SIGKILL)
        _ = await process.exitStatus
        await Task {
            for command in [["rm", "--all", "--force", "--time", "0"], ["network", "prune", "--force"]] {
                _ = try? await Command("podman", options + command).run(timeout: .seconds(60))
            }
            // The store mounts its own folder, and would be in use for ever.
            umount2(folder + "/root/overlay", Int32(MNT_DETACH))
            TestFolder.remove(folder)
        }.value
        return try result.get()
    }
}
