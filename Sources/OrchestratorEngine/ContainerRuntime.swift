import FoundationEssentials
import Glibc
import Processes

/// The OCI runtime: the program that makes a container of a bundle. Which one works depends on the machine (crun refuses
/// hybrid cgroup layouts, an old runc newer kernels'), and nothing tells but a container that really starts.
struct ContainerRuntime: Hashable, Sendable {
    var name: String

    /// In the order in which they are tried: Podman's own first choice first.
    static let candidates = ["crun", "runc"]

    /// What became of the trials.
    struct Trials: Sendable {
        var working: ContainerRuntime?
        /// By runtime: why it doesn't work here.
        var failures: [String: String] = [:]
    }

    /// Starts `true` from this machine's own /usr in a container with limits, by each candidate until one can. Some 60 ms each.
    /// - Parameter folder: where the bundle is written, and removed again.
    static func findWorking(candidates: [String] = candidates, folder: String) async -> Trials {
        var trials = Trials()
        for name in candidates {
            let runtime = ContainerRuntime(name: name)
            guard let failure = await runtime.failure(folder: folder) else {
                trials.working = runtime
                return trials
            }
            trials.failures[name] = failure
        }
        return trials
    }

    /// Nil when a container started and ended well.
    private func failure(folder: String) async -> String? {
        let id = "switchyard-trial-\(getpid())-\(UInt32.random(in: .min ... .max))"
        let bundle = "\(folder)/\(id)"
        defer { try? FileManager.default.removeItem(atPath: bundle) }
        do {
            try FileManager.default.createDirectory(atPath: "\(bundle)/rootfs", withIntermediateDirectories: true)
            try Data(Self.configuration(id: id).utf8).write(to: URL(filePath: "\(bundle)/config.json"))
            let command = Command(name, ["--root", "\(bundle)/state", "run", "--bundle", bundle, id])
            let finished = try await command.run(limit: 4096, timeout: .seconds(20))
            return finished.isSuccess ? nil : Self.reason(finished)
        } catch let error as ProcessError where error.code == .notFound {
            return "it isn't installed"
        } catch {
            return "\(error)"
        }
    }

    private static func reason(_ finished: Finished) -> String {
        let lines = finished.errorOutput.split(separator: "\n")
        return lines.first.map { String($0.prefix(300)) } ?? "\(finished.exit)"
    }

    /// The bundle's `config.json` (OCI runtime specification 1.0). It asks for what real containers ask for: namespaces,
    /// memory, CPU and process limits, and rlimits.
    private static func configuration(id: String) -> String {
        let limits = HostLimits.current()
        let folders = ["/usr", "/lib", "/lib64", "/bin"].filter { (folder: String) in access(folder, F_OK) == 0 }
        let mounts = folders.map { #"{"destination":"\#($0)","type":"bind","source":"\#($0)","options":["rbind","ro"]}"# }
        return """
            {"ociVersion":"1.0.2",
             "process":{"user":{"uid":0,"gid":0},"args":["/usr/bin/true"],"cwd":"/","env":["PATH=/usr/bin:/bin"],"noNewPrivileges":true,
              "capabilities":{"bounding":[],"effective":[],"permitted":[]},
              "rlimits":[{"type":"RLIMIT_NOFILE","soft":\(limits.openFiles),"hard":\(limits.openFiles)},
               {"type":"RLIMIT_NPROC","soft":\(limits.processes),"hard":\(limits.processes)}]},
             "root":{"path":"rootfs","readonly":false},"hostname":"trial",
             "mounts":[{"destination":"/proc","type":"proc","source":"proc"},\(mounts.joined(separator: ","))],
             "linux":{"cgroupsPath":"/\(id)",
              "resources":{"memory":{"limit":67108864},"pids":{"limit":32},"cpu":{"quota":50000,"period":100000}},
              "namespaces":[{"type":"pid"},{"type":"mount"},{"type":"ipc"},{"type":"uts"},{"type":"network"}]}}
            """
    }
}
