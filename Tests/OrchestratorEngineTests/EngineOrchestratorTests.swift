import FoundationEssentials
import Logging
import Orchestrator
import OrchestratorEngine
import Resources
import TestSupport
import Testing

@Suite("Workloads on a real engine", .serialized, .timeLimit(.minutes(3)))
struct EngineOrchestratorTests {
    @Test("a workload applied twice is one container, and another description replaces it")
    func applyTwice() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            var workload = TestEngine.workload(in: environment)
            let first = try await engine.orchestrator.apply(workload)
            #expect(first.state == .running)
            #expect(first.address?.split(separator: ".").count == 4)
            #expect(first.processID ?? 0 > 1)
            let second = try await engine.orchestrator.apply(workload)
            #expect(second == first)
            #expect(try await engine.orchestrator.list(.environment(environment)) == [first])

            workload.environmentVariables["COLOUR"] = "green"
            let third = try await engine.orchestrator.apply(workload)
            #expect(third.state == .running)
            #expect(third.handle != first.handle)
            #expect(try await engine.orchestrator.list(.environment(environment)).map(\.handle) == [third.handle])
        }
    }

    @Test("two who apply at once make one container")
    func applyAtOnce() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment)
            async let one = engine.orchestrator.apply(workload)
            async let other = engine.orchestrator.apply(workload)
            let handles = try await [one.handle, other.handle]
            #expect(Set(handles).count == 1)
        }
    }

    @Test("one that was created and not started, as by a crash between, is started by the next apply")
    func resumedApply() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment)
            let applied = try await engine.orchestrator.apply(workload)
            try await engine.orchestrator.stop(workload.id, grace: .zero)
            let stopped = try await engine.orchestrator.apply(workload)
            // Ended, not forgotten: whether it runs again is the caller's decision.
            #expect(stopped.handle == applied.handle)
            #expect(!stopped.state.isRunning)
            try await engine.orchestrator.start(workload.id)
            try await engine.orchestrator.start(workload.id)
            #expect(try await engine.orchestrator.status(of: workload.id).state == .running)
        }
    }

    @Test("scopes list what is theirs")
    func scopes() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let web = TestEngine.workload(in: environment)
            let worker = TestEngine.workload(in: environment, named: "worker")
            try await engine.orchestrator.apply(web)
            try await engine.orchestrator.apply(worker)
            let orchestrator = engine.orchestrator
            #expect(Set(try await orchestrator.list(.environment(environment)).map(\.id)) == [web.id, worker.id])
            #expect(try await orchestrator.list(.deployment(web.id.deployment)).map(\.id) == [web.id])
            #expect(try await orchestrator.list(.service(worker.id.service, in: environment)).map(\.id) == [worker.id])
            #expect(try await orchestrator.list(.service(worker.id.service, in: .new())).isEmpty)
            #expect(Set(try await orchestrator.list(.all).map(\.id)).isSuperset(of: [web.id, worker.id]))
            let stranger = try EngineOrchestrator(client: engine.client, instance: "swtest-stranger", logger: .init(label: "test"))
            #expect(try await stranger.list(.all).isEmpty)
            #expect(try await stranger.status(of: web.id).state == .missing)
        }
    }

    @Test("services find each other by three names, and not those of other environments")
    func names() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let web = TestEngine.workload(in: environment, named: "web", running: ["httpd", "-f", "-p", "8080", "-h", "/www"])
            let status = try await engine.orchestrator.apply(web)
            let address = try #require(status.address)
            let client = TestEngine.workload(in: environment, named: "client")
            try await engine.orchestrator.apply(client)
            for name in ["web", "web.switchyard.internal", "web.railway.internal"] {
                let answer = try await engine.run(["getent", "hosts", name], in: client.id)
                #expect(answer.output.hasPrefix(address), "\(name)")
            }
            let request = #"printf 'GET / HTTP/1.0\r\n\r\n' | nc -w 3 \#(address) 8080"#
            #expect(try await engine.run(["sh", "-c", request], in: client.id).output.contains("it works"))

            try await engine.withEnvironment { other in
                let stranger = TestEngine.workload(in: other, named: "stranger")
                try await engine.orchestrator.apply(stranger)
                // A third that goes must not take the walls of the others with it.
                try await engine.withEnvironment { third in
                    _ = try await engine.orchestrator.apply(TestEngine.workload(in: third))
                }
                #expect(try await engine.run(["getent", "hosts", "web"], in: stranger.id).exitCode != 0)
                let answer = try await engine.run(["sh", "-c", request.replacing("-w 3", with: "-w 1")], in: stranger.id)
                #expect(!answer.output.contains("it works"))
            }
        }
    }

    @Test("an application that ignores SIGTERM is killed when its grace is over; one that doesn't handle it ends at once")
    func stopping() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let stubborn = TestEngine.workload(
                in: environment, running: ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"])
            let plain = TestEngine.workload(in: environment, named: "plain", running: ["sleep", "1000"])
            try await engine.orchestrator.apply(plain)
            var clock = ContinuousClock.now
            try await engine.orchestrator.stop(plain.id, grace: .seconds(30))
            #expect(ContinuousClock.now - clock < .seconds(15))
            #expect(try await engine.orchestrator.status(of: plain.id).state == .exited(code: 143, outOfMemory: false))

            let status = try await engine.orchestrator.apply(stubborn)
            try await engine.logLine("ready", in: status)
            clock = .now
            try await engine.orchestrator.stop(stubborn.id, grace: .seconds(1))
            #expect(ContinuousClock.now - clock >= .seconds(1))
            #expect(try await engine.orchestrator.status(of: stubborn.id).state == .exited(code: 137, outOfMemory: false))
            try await engine.orchestrator.stop(stubborn.id, grace: .seconds(1))
            try await engine.orchestrator.remove(stubborn.id)
            try await engine.orchestrator.remove(stubborn.id)
            #expect(try await engine.orchestrator.status(of: stubborn.id).state == .missing)
            try await engine.orchestrator.stop(stubborn.id, grace: .zero)
            await #expect { try await engine.orchestrator.start(stubborn.id) } throws: { ($0 as? OrchestratorError)?.code == .missing }
        }
    }

    @Test("a restart keeps the container and its log, and starts a new process")
    func restarting() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment, running: ["sh", "-c", "echo here I am; exec sleep 1000"])
            let before = try await engine.orchestrator.apply(workload)
            try await engine.logLine("here I am", in: before)
            try await engine.orchestrator.restart(workload.id)
            let after = try await engine.orchestrator.status(of: workload.id)
            #expect(after.state == .running && after.handle == before.handle && after.logPath == before.logPath)
            #expect(after.processID != before.processID)
            #expect(try #require(after.startedAt) > #require(before.startedAt))
            try await engine.logLine("here I am", count: 2, in: after)
        }
    }

    @Test("exit codes and memory that ran out are told apart")
    func endings() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let failing = TestEngine.workload(in: environment, running: ["sh", "-c", "exit 7"])
            var hungry = TestEngine.workload(in: environment, running: ["sh", "-c", "x=a; while :; do x=$x$x; done"])
            hungry.limits.memory = 32 << 20
            try await engine.orchestrator.apply(failing)
            try await engine.orchestrator.apply(hungry)
            #expect(try await engine.ending(of: failing.id).state == .exited(code: 7, outOfMemory: false))
            let killed = try await engine.ending(of: hungry.id)
            #expect(killed.state == .exited(code: 137, outOfMemory: true))
            #expect(killed.exitMessage?.contains("memory") == true)
            #expect(killed.address == nil && killed.processID == nil)
        }
    }

    @Test("a start, a death with its code and a removal are told as events, after the word that the subscription stands")
    func events() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment, running: ["sh", "-c", "exit 5"])
            var events = engine.orchestrator.events().makeAsyncIterator()
            #expect(await events.next() == .resumed)
            try await engine.orchestrator.apply(workload)
            var seen: [String] = []
            while seen.count < 3, let event = await events.next() {
                switch event {
                case .started(workload.id, _): seen.append("started")
                case .died(workload.id, let code, _):
                    seen.append("died \(code)")
                    try await engine.orchestrator.remove(workload.id)
                case .removed(workload.id, _): seen.append("removed")
                default: break
                }
            }
            #expect(seen == ["started", "died 5", "removed"])
        }
    }

    @Test("networks and volumes are made once, keep their content and are removed twice")
    func networksAndVolumes() async throws {
        let engine = try await TestEngine.shared()
        let orchestrator = engine.orchestrator
        try await engine.withEnvironment { environment in
            try await orchestrator.ensureNetwork(for: environment)
            try await orchestrator.ensureVolume("data")
            try await orchestrator.ensureVolume("data")
            var workload = TestEngine.workload(
                in: environment, running: ["sh", "-c", "cat /data/it; echo kept > /data/it; exec sleep 1000"])
            workload.volumes = [.init(name: "data", path: "/data")]
            try await orchestrator.apply(workload)
            #expect(
                try await engine.run(["sh", "-c", "until [ -s /data/it ]; do sleep 0.05; done; cat /data/it"], in: workload.id).output
                    == "kept\r\n")
            await #expect { try await orchestrator.removeVolume("data") } throws: { ($0 as? OrchestratorError)?.code == .inUse }
            await #expect { try await orchestrator.removeNetwork(for: environment) } throws: { ($0 as? OrchestratorError)?.code == .inUse }
            try await orchestrator.remove(workload.id)
            try await orchestrator.apply(workload)
            #expect(try await engine.run(["cat", "/data/it"], in: workload.id).output == "kept\r\n")
            try await orchestrator.remove(workload.id)
            try await orchestrator.removeVolume("data")
            try await orchestrator.removeVolume("data")
            try await orchestrator.removeNetwork(for: environment)
            try await orchestrator.removeNetwork(for: environment)
        }
    }

    @Test("ports are seen, those on loopback only apart")
    func ports() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let script = "httpd -p 127.0.0.1:3000 -h /www; httpd -p 5000 -h /www; echo ready; exec sleep 1000"
            let workload = TestEngine.workload(in: environment, running: ["sh", "-c", script])
            try await engine.logLine("ready", in: try await engine.orchestrator.apply(workload))
            #expect(try await engine.orchestrator.listeningPorts(of: workload.id) == [5000])
            #expect(try await engine.orchestrator.loopbackPorts(of: workload.id) == [3000])
            let statistics = try await engine.orchestrator.statistics(of: workload.id)
            #expect(statistics.cpuNanoseconds > 0 && statistics.memory > 0 && statistics.processes > 0)
            #expect(statistics.memoryLimit == 64 << 20)
            try await engine.orchestrator.stop(workload.id, grace: .zero)
            #expect(try await engine.orchestrator.listeningPorts(of: workload.id).isEmpty)
            await #expect { _ = try await engine.orchestrator.statistics(of: workload.id) } throws: {
                ($0 as? OrchestratorError)?.code == .notRunning
            }
        }
    }

    @Test("an image tells what it is; one that isn't here is nil, and can't be run")
    func images() async throws {
        let engine = try await TestEngine.shared()
        let image = try #require(try await engine.orchestrator.image(TestImage.reference))
        #expect(image.exposedPorts == [8080])
        #expect(image.command == ["/bin/sleep", "1000000"])
        #expect(image.environmentVariables["GREETING"] == "hello")
        #expect(image.id.hasPrefix("sha256:"))
        #expect(try await engine.orchestrator.image("localhost/switchyard-test/none:1") == nil)
        try await engine.withEnvironment { environment in
            var workload = TestEngine.workload(in: environment)
            workload.image = "localhost/switchyard-test/none:1"
            await #expect { try await engine.orchestrator.apply(workload) } throws: { ($0 as? OrchestratorError)?.code == .imageMissing }
            workload.image = image.id
            try await engine.orchestrator.apply(workload)
            await #expect { try await engine.orchestrator.removeImage(image.id) } throws: { ($0 as? OrchestratorError)?.code == .inUse }
        }
        try await engine.orchestrator.removeImage("localhost/switchyard-test/none:1")
        await #expect {
            _ = try await engine.orchestrator.pull("127.0.0.1:1/nothing/here:1", credentials: nil) { _ in }
        } throws: {
            ($0 as? OrchestratorError)?.code == .pullFailed
        }
    }

    @Test("a program that isn't in the image is said to be so, with and without an init before it")
    func missingProgram() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment, running: ["/no/such/program"])
            do {
                try await engine.orchestrator.apply(workload)
                let status = try await engine.ending(of: workload.id)
                #expect(status.state == .exited(code: 127, outOfMemory: false))
                #expect(status.exitMessage?.contains("program") == true)
            } catch let error as OrchestratorError {
                #expect(error.code == .commandNotFound)
                #expect(error.message.contains("/no/such/program"))
            }
            // One that is called as an init is has none before it.
            let initial = TestEngine.workload(in: environment, named: "initial", running: ["/no/such/init"])
            await #expect { try await engine.orchestrator.apply(initial) } throws: {
                let error = $0 as? OrchestratorError
                return error?.code == .commandNotFound && error?.message.contains("/no/such/init") == true
            }
        }
    }
}
