import FoundationEssentials
import Glibc
import Testing

@testable import OrchestratorEngine

@Suite("A look at the machine", .timeLimit(.minutes(1)))
struct PreflightTests {
    @Test("this machine, on which the tests run, can run the platform's containers")
    func thisMachine() async {
        var preflight = Preflight(ports: [], dataFolder: "/tmp/not/there/yet")
        preflight.programs = []
        let findings = await preflight.run()
        #expect(findings.filter { $0.severity == .error && !$0.code.hasPrefix("DISK") } == [])
        #expect(findings.contains { $0.code == "RUNTIME" })
        #expect(findings.filter { $0.severity >= .warning }.allSatisfy { $0.remedy != nil })
    }

    @Test("a port that somebody listens on is taken")
    func ports() throws {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #expect(bind(file, $0, length) == 0 && listen(file, 1) == 0 && getsockname(file, $0, &length) == 0)
            }
        }
        let port = Int(in_port_t(bigEndian: address.sin_port))
        #expect(!PortCheck.isFree(port))
        let finding = try #require(PortCheck(ports: [port]).findings().first)
        #expect(finding.severity == .error && finding.code == "PORT_TAKEN" && finding.remedy != nil)
        #expect(PortCheck(ports: [0, 70000]).findings().allSatisfy { $0.severity == .error })
    }

    @Test("an engine or a runtime that isn't there is an error that says how to mend it")
    func missingEngine() async throws {
        let none = await EngineCheck(socketPath: "/tmp/\(getpid())-nobody.sock", temporaryFolder: "/tmp").findings()
        #expect(none.first?.code == "ENGINE_UNREACHABLE")
        #expect(none.contains { $0.code == "RUNTIME" })
        let noRuntime = await EngineCheck(temporaryFolder: "/tmp", runtimes: ["no-such-runtime", "/usr/bin/false"]).findings()
        let finding = try #require(noRuntime.first { $0.code == "RUNTIME_FAILS" })
        #expect(finding.message.contains("no-such-runtime: it isn't installed"))
        #expect(finding.severity == .error && finding.remedy != nil)
    }

    @Test("both cgroup layouts are read, and what is missing is named")
    func controlGroups() throws {
        let folder = "/tmp/swtest-preflight-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func file(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            return "\(folder)/\(name)"
        }
        let unified = try file("unified", "cpuset cpu io memory pids\n")
        #expect(ControlGroupCheck(unifiedControllers: unified).findings().map(\.code) == ["CGROUP"])
        let poor = ControlGroupCheck(unifiedControllers: try file("poor", "cpu pids\n")).findings()
        #expect(poor.first?.code == "CGROUP_CONTROLLERS_MISSING" && poor.first?.message.contains("memory") == true)
        let old = try file("old", "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t5\t1\nmemory\t4\t5\t1\npids\t8\t5\t1\n")
        #expect(ControlGroupCheck(unifiedControllers: "/none", controllers: old).findings().map(\.code) == ["CGROUP"])
        let off = try file("off", "cpu\t1\t5\t1\nmemory\t0\t1\t0\npids\t8\t5\t1\n")
        #expect(ControlGroupCheck(unifiedControllers: "/none", controllers: off).findings().first?.severity == .error)
    }

    @Test("low limits, little memory, a foreign account and missing programs are told")
    func shortages() throws {
        #expect(LimitCheck(openFiles: 1024, processes: .max).findings().map(\.severity) == [.error, .good])
        #expect(LimitCheck(openFiles: 8192, processes: 100).findings().map(\.code) == ["LIMIT_FILES_LOW", "LIMIT_PROCESSES_LOW"])
        #expect(AccountCheck(user: 1000).findings().first?.severity == .error)
        #expect(CapacityCheck(folders: [], memoryTable: "/none").findings().map(\.code) == ["MEMORY_UNKNOWN"])
        let program = RequiredProgram(name: "x", purpose: "does x", package: "x", paths: ["/usr/lib/*/none", "/none"])
        #expect(program.finding().code == "PROGRAM_MISSING")
        #expect(
            RequiredProgram(name: "true", purpose: "is true", package: "coreutils", paths: ["/none/*/x", "/usr/*/true"]).path()
                == "/usr/bin/true")
    }
}
