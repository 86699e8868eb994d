import ContainerEngine
import Orchestrator

/// Turns a workload into a container: the place where the platform's rules about containers stand.
struct ContainerPlan: Sendable {
    let names: EngineNames
    let product: EngineVersion.Product
    let limits: HostLimits
    /// Whether the engine has an init to put before the application.
    let engineHasInit: Bool

    /// What the root user of a container keeps: what ordinary images need to start as root, own their files and drop to a
    /// user. Not NET_RAW (spoofing), MKNOD, AUDIT_WRITE, SETFCAP.
    static let capabilities = [
        "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ]
    /// Bytes of output that are kept; whoever reads it has read it long before.
    private static let logSize = "10m"

    func specification(of workload: Workload, image: ImageDetails) throws -> ContainerSpecification {
        var plan = ContainerSpecification(image: image.id)
        plan.command = workload.command
        plan.environment = workload.environmentVariables.map { "\($0.key)=\($0.value)" }.sorted()
        // Ours last: neither the image's labels nor the workload's can speak in our name.
        plan.labels = workload.labels.filter { !$0.key.hasPrefix(EngineNames.Label.prefix) }
        plan.labels.merge(names.labels(workload.id)) { _, ours in ours }
        plan.labels[EngineNames.Label.specification] = try WorkloadDigest.digest(of: workload, imageID: image.id)
        plan.labels[EngineNames.Label.grace] = String(workload.stopGrace.components.seconds)
        plan.network = names.network(workload.id.environment)
        plan.aliases = names.aliases(workload.serviceName)
        plan.mounts = try workload.volumes.map { .init(volume: try names.volume($0.name), path: $0.path) }
        plan.memory = workload.limits.memory
        plan.nanoProcessors = Int64(workload.limits.cpu * 1_000_000_000)
        plan.processes = workload.limits.processes
        plan.limits = [.init(name: "nofile", value: limits.openFiles), .init(name: "nproc", value: limits.processes)]
        plan.capabilities = Self.capabilities
        plan.securityOptions = ["no-new-privileges"]
        plan.logDriver = logDriver
        plan.hasInit = needsInit(command: workload.command ?? image.entrypoint + image.command)
        return plan
    }

    /// Both keep one file per container that is read from outside.
    private var logDriver: ContainerSpecification.LogDriver {
        switch product {
        case .podman: .init(name: "k8s-file", options: ["max-size": Self.logSize])
        case .docker: .init(name: "json-file", options: ["max-size": Self.logSize, "max-file": "2"])
        }
    }

    /// The kernel drops SIGTERM to a first process that doesn't handle it, as most programs don't; an init as first process
    /// passes it on, and then it works as anywhere else. Images that bring their own init insist on being the first.
    private func needsInit(command: [String]) -> Bool {
        let program = command.first?.split(separator: "/").last ?? ""
        return engineHasInit && !Self.inits.contains(String(program))
    }

    private static let inits: Set<String> = [
        "init", "systemd", "tini", "tini-static", "dumb-init", "catatonit", "docker-init", "s6-svscan", "s6-overlay-suexec", "my_init",
        "runsvdir", "supervisord",
    ]
}
