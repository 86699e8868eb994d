import FoundationEssentials
import Testing

@testable import OrchestratorEngine

@Suite("What the machine tells")
struct MachineTests {
    @Test(
        "times of engines are understood, and the year 1 is never",
        arguments: [
            ("2026-11-22T23:51:14.792252597Z", 1_795_391_474.792252), ("2026-11-22T23:51:14Z", 1_795_391_474),
            ("2026-11-23T00:51:14.5+01:00", 1_795_391_474.5),
        ])
    func times(text: String, seconds: Double) throws {
        #expect(abs(try #require(EngineTime.date(text)).timeIntervalSince1970 - seconds) < 0.000_01)
    }

    @Test("what isn't a time is none", arguments: ["0001-01-01T00:00:00Z", "", "soon", "2026-13-01T00:00:00Z"])
    func noTimes(text: String) {
        #expect(EngineTime.date(text) == nil)
    }

    @Test("the kernel's word on memory names the container's cgroup and the time")
    func kernelLog() {
        let record =
            "6,1234,2549198186,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=libpod-ab12,mems_allowed=0,"
            + "oom_memcg=/libpod_parent/libpod-ab12,task_memcg=/libpod_parent/libpod-ab12,task=sh,pid=23738,uid=0\n"
        #expect(KernelLog.isKill(record, of: "ab12", after: 2549))
        #expect(!KernelLog.isKill(record, of: "ab12", after: 2550))
        #expect(!KernelLog.isKill(record, of: "cd34", after: 0))
        #expect(!KernelLog.isKill("6,1,2549198186,-;other: task_memcg=/libpod-ab12", of: "ab12", after: 0))
        #expect(!KernelLog.isKill(record, of: "", after: 0))
        #expect(!KernelLog.isKill("", of: "ab12", after: 0))
    }

    @Test("listening sockets of both families, those on loopback apart")
    func sockets() {
        let head = "  sl  local_address rem_address   st tx_queue rx_queue\n"
        let tcp =
            head + "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000\n   1: 0100007F:0BB8 00000000:0000 0A 0\n"
            + "   2: 0400590A:C350 0100590A:0050 01 0\n   3: 0B00007F:8A8B 00000000:0000 0A 0\n"
        let tcp6 =
            head + "   0: 00000000000000000000000000000000:1388 00000000000000000000000000000000:0000 0A 0\n"
            + "   1: 00000000000000000000000001000000:1389 00000000000000000000000000000000:0000 0A 0\n"
            + "   2: 0000000000000000FFFF00000100007F:138A 00000000000000000000000000000000:0000 0A 0\n"
            + "   3: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 0\n"
        let sockets = ListeningSockets(tables: [tcp, tcp6, "garbage\n1: x 2 0A\n"])
        #expect(sockets.reachable == [3000, 5000, 8080])
        #expect(sockets.loopbackOnly == [5001, 5002, 35467])
    }

    @Test("limits for containers never exceed this process's own")
    func limits() {
        let limits = HostLimits.current()
        #expect((1...65536).contains(limits.openFiles))
        #expect((1...(1 << 20)).contains(limits.processes))
    }
}
