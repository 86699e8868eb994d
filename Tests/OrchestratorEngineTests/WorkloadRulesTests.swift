import ContainerEngine
import Orchestrator
import Resources
import TestSupport
import Testing

@testable import OrchestratorEngine

@Suite("What a workload must be")
struct WorkloadRulesTests {
    private static let good = TestEngine.workload(in: .new(), running: ["sh"])

    @Test("a plain one is good, with anything in its values")
    func good() throws {
        var workload = Self.good
        workload.environmentVariables = ["A": "x\ny=$(z)", "a.b-c": ""]
        workload.volumes = [.init(name: "data", path: "/var/lib/data base")]
        try WorkloadRules.check(workload)
    }

    @Test("each thing that can't be is refused")
    func bad() {
        let changes: [(inout Workload) -> Void] = [
            { $0.serviceName = "" }, { $0.serviceName = "a.b" }, { $0.serviceName = "-a" }, { $0.serviceName = "A" },
            { $0.serviceName = "a\nb" }, { $0.serviceName = String(repeating: "a", count: 64) },
            { $0.id.replica = -1 }, { $0.port = 0 }, { $0.port = 65536 },
            { $0.command = [] }, { $0.command = [""] }, { $0.command = ["a\0"] },
            { $0.environmentVariables = ["": "x"] }, { $0.environmentVariables = ["A=B": "x"] },
            { $0.environmentVariables = ["A\0": "x"] }, { $0.environmentVariables = ["A": "x\0"] },
            { $0.labels = ["": "x"] }, { $0.labels = ["a=b": "x"] },
            { $0.volumes = [.init(name: "a", path: "data")] }, { $0.volumes = [.init(name: "a", path: "/")] },
            { $0.volumes = [.init(name: "a", path: "/proc")] }, { $0.volumes = [.init(name: "a", path: "//sys/x")] },
            { $0.volumes = [.init(name: "a", path: "/d"), .init(name: "b", path: "/d")] },
            { $0.limits.cpu = 0 }, { $0.limits.cpu = .nan }, { $0.limits.memory = 1 }, { $0.limits.processes = 0 },
        ]
        for (index, change) in changes.enumerated() {
            var workload = Self.good
            change(&workload)
            #expect("change \(index)") { try WorkloadRules.check(workload) } throws: { ($0 as? OrchestratorError)?.code == .invalid }
        }
    }

    @Test("the digest tells descriptions apart, and what isn't part of them makes no difference")
    func digest() throws {
        let workload = Self.good
        let digest = try WorkloadDigest.digest(of: workload, imageID: "i")
        #expect(digest.utf8.count == 64)
        #expect(try WorkloadDigest.digest(of: workload, imageID: "j") != digest)
        var other = workload
        other.environmentVariables = ["A": "1"]
        #expect(try WorkloadDigest.digest(of: other, imageID: "i") != digest)
        other = workload
        other.limits.memory += 1
        #expect(try WorkloadDigest.digest(of: other, imageID: "i") != digest)
        other = workload
        other.stopGrace = .seconds(99)
        #expect(try WorkloadDigest.digest(of: other, imageID: "i") == digest)
    }

    @Test(
        "an init goes before programs that aren't one, where the engine has it",
        arguments: [
            (["python3", "app.py"], true, true), (["/sbin/tini", "--", "x"], true, false), (["/init"], true, false),
            (["node"], false, false), ([], true, true),
        ])
    func initProgram(command: [String], engineHasInit: Bool, expected: Bool) throws {
        let plan = ContainerPlan(
            names: try EngineNames(instance: "x"), product: .podman, limits: .init(openFiles: 1, processes: 1), engineHasInit: engineHasInit
        )
        var workload = Self.good
        workload.command = nil
        #expect(try plan.specification(of: workload, image: ImageDetails(id: "i", entrypoint: command)).hasInit == expected)
    }

    @Test(
        "names: what an installation and a volume may be called",
        arguments: ["", "A", "a_b", "-a", "a-", "a/b", String(repeating: "a", count: 31)])
    func names(instance: String) throws {
        #expect { _ = try EngineNames(instance: instance) } throws: { ($0 as? OrchestratorError)?.code == .invalid }
        let names = try EngineNames(instance: "good-1")
        #expect(try names.volume("data_1.x") == "good-1-data_1.x")
        for bad in ["", "../x", "a/b", "a,b", "a b", "a\0"] {
            #expect("volume \(bad)") { _ = try names.volume(bad) } throws: { ($0 as? OrchestratorError)?.code == .invalid }
        }
    }

    @Test("a workload's identity survives its labels, and foreign labels are nobody's")
    func identity() throws {
        let names = try EngineNames(instance: "one")
        let labels = names.labels(Self.good.id)
        #expect(names.workload(labels) == Self.good.id)
        #expect(try EngineNames(instance: "two").workload(labels) == nil)
        for key in labels.keys {
            var less = labels
            less[key] = "x"
            #expect(names.workload(less) == nil, "\(key)")
        }
    }
}
