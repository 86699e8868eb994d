import FoundationEssentials
import Orchestrator
import OrchestratorEngine
import TestSupport
import Testing

extension TestEngine {
    /// Runs a command in a terminal to its end.
    func run(_ command: [String], in id: WorkloadID) async throws -> (output: String, exitCode: Int?) {
        let collected = Collected()
        let code = try await orchestrator.execute(in: id, command: command, size: .init(columns: 200, rows: 50)) { terminal in
            for try await chunk in terminal.output { await collected.add(chunk) }
        }
        return (await collected.text, code)
    }

    /// Waits for the end of a workload.
    func ending(of id: WorkloadID) async throws -> WorkloadStatus {
        while true {
            let status = try await orchestrator.status(of: id)
            if case .exited = status.state { return status }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits until no process of a workload has a text in its command line: the kernel ends processes in its own time.
    func waitForEnd(ofProcessesWith text: String, in id: WorkloadID) async throws {
        while try await run(["ps", "-o", "args"], in: id).output.contains(text) {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits until a workload has written a line.
    func logLine(_ line: String, count: Int = 1, in status: WorkloadStatus) async throws {
        let path = try #require(status.logPath)
        while true {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            if text.split(separator: "\n").filter({ $0.hasSuffix(line) }).count >= count { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// What a terminal printed so far.
actor Collected {
    private var bytes: [UInt8] = []

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func add(_ chunk: [UInt8]) {
        bytes += chunk
    }
}
