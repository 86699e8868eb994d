import ContainerEngine
import Orchestrator
import OrchestratorEngine
import TestSupport
import Testing

@Suite("What a container may", .serialized, .timeLimit(.minutes(2)))
struct ContainmentTests {
    @Test("limits are really set: memory, processes, capabilities, no new privileges, open files")
    func limits() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment)
            try await engine.orchestrator.apply(workload)
            let status = try await engine.run(["cat", "/proc/self/status"], in: workload.id).output
            let fields = Dictionary(
                status.split(whereSeparator: \.isNewline).compactMap { line -> (String, String)? in
                    let parts = line.split(separator: ":")
                    return parts.count == 2 ? (String(parts[0]), String(parts[1].drop { $0.isWhitespace })) : nil
                }, uniquingKeysWith: { first, _ in first })
            // CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, SYS_CHROOT.
            #expect(fields["CapEff"] == "00000000000405fb")
            #expect(fields["CapBnd"] == "00000000000405fb")
            #expect(fields["NoNewPrivs"] == "1")
            #expect(fields["Seccomp"] == "2")

            let read = "cat /sys/fs/cgroup/$1 2>/dev/null || cat /sys/fs/cgroup/$2"
            func value(_ old: String, _ new: String) async throws -> String {
                try await engine.run(["sh", "-c", read, "sh", old, new], in: workload.id).output
            }
            #expect(try await value("memory/memory.limit_in_bytes", "memory.max") == "67108864\r\n")
            #expect(try await value("pids/pids.max", "pids.max") == "64\r\n")
            #expect(try await value("cpu/cpu.cfs_quota_us", "cpu.max").hasPrefix("50000"))

            let forks = "for i in $(seq 100); do sleep 100 & done; wait"
            #expect(try await engine.run(["sh", "-c", forks], in: workload.id).output.contains("can't fork"))
            let files = try await engine.run(["sh", "-c", "ulimit -Hn"], in: workload.id).output
            #expect((1024...65536).contains(Int(files.filter(\.isNumber)) ?? 0))
        }
    }

    @Test("neither the image's nor the workload's labels speak in the platform's name")
    func labels() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            var workload = TestEngine.workload(in: environment)
            workload.labels = [
                "switchyard.instance": "another", "switchyard.replica": "99", "switchyard.spec": "x", "note": "a=b,c\n\"d\" ' \\ {}",
            ]
            let status = try await engine.orchestrator.apply(workload)
            #expect(try await engine.orchestrator.status(of: workload.id).state == .running)
            #expect(try await engine.orchestrator.list(.environment(environment)).map(\.id) == [workload.id])
            let labels = try await engine.client.container(try #require(status.handle)).configuration.labels
            #expect(labels?["switchyard.instance"] == TestEngine.instance)
            #expect(labels?["note"] == workload.labels["note"])
        }
    }

    @Test("odd variables and arguments arrive as they are")
    func oddTexts() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let odd = "a b\n$(touch /x) `id` \"q\" 'r' \\ % = ; ${HOME} é \u{1F600}"
            var workload = TestEngine.workload(
                in: environment,
                running: ["sh", "-c", "printf %s \"$ODD\" > /tmp/v; printf %s \"$1\" > /tmp/a; exec sleep 1000", "sh", odd])
            workload.environmentVariables = ["ODD": odd, "a.b-c": "dotted"]
            try await engine.orchestrator.apply(workload)
            let script = "until [ -e /tmp/a ]; do sleep 0.05; done; stty -onlcr; cat $1"
            #expect(try await engine.run(["sh", "-c", script, "sh", "/tmp/v"], in: workload.id).output == odd)
            #expect(try await engine.run(["sh", "-c", script, "sh", "/tmp/a"], in: workload.id).output == odd)
        }
    }
}
