import FoundationEssentials
import Resources
import Synchronization
import Testing
import WebSocket

@testable import Yard

@Suite("Logs")
struct LogsTests {
    private func prepared(_ server: YardServer) throws -> CommandRun {
        let run = try CommandRun(server)
        run.set("SWITCHYARD_PROJECT_ID", "\(Samples.projectID)")
        run.set("SWITCHYARD_SERVICE_ID", "api")
        return run
    }

    private static let answer: YardServer.Handler = { request in
        switch request.line.split(separator: "?")[0] {
        case "GET /api/v1/projects/\(Samples.projectID)": return try .json(Samples.shop)
        case "GET \(Samples.servicePath)": return try .json(Samples.entry())
        case "GET /api/v1/deployments/\(Samples.deployment().id)/logs":
            // Two pages.
            if request.line.contains("after=2") { return try .json(Page(items: [Samples.line(3, "three")])) }
            return try .json(Page(items: [Samples.line(1, "one"), Samples.line(2, "two")], next: "2"))
        default: return nil
        }
    }

    @Test("the last lines of all pages are shown")
    func lastLines() async throws {
        try await YardServer.run(Self.answer) { server in
            let run = try prepared(server)
            let all = await run.yard("logs")
            #expect(all.output.split(separator: "\n").map { $0.split(separator: " ").last } == ["one", "two", "three"])
            let two = await run.yard("logs", "-n", "2")
            #expect(!two.output.contains("one") && two.output.contains("two") && two.output.contains("three"))
            let json = await run.yard("logs", "--json")
            let lines = try json.output.split(separator: "\n").map { try ResourceCoding.decode(LogLine.self, from: Data($0.utf8)) }
            #expect(lines.map(\.position) == [1, 2, 3])
        }
    }

    @Test("a broken connection is made again and goes on after the last line, without loss or doubles")
    func resumes() async throws {
        let connections = Mutex(0)
        let asked = Mutex<[Int64?]>([])
        let script: YardServer.Live = { connection in
            let number = connections.withLock { count in
                count += 1
                return count
            }
            let live = LiveScript(connection: connection)
            try await live.requests { request in
                guard case .serviceLogs(let id, Samples.production.id, Samples.api.id, let after, let tail) = request else { return false }
                asked.withLock { $0.append(after) }
                #expect(tail == (after == nil ? 50 : 0))
                switch number {
                case 1:
                    try await live.send(.log(id: id, lines: [Samples.line(10, "ten"), Samples.line(11, "eleven")]))
                    return true
                case 2:
                    // What was seen already comes again, as it may after a crash of the server.
                    try await live.send(.log(id: id, lines: [Samples.line(11, "eleven"), Samples.line(12, "twelve")]))
                    return true
                default:
                    // The third connection is asked twice: after the gap, for what it left out.
                    if id == "logs-0" {
                        try await live.send(.gap(id: id, after: 12))
                        return false
                    }
                    try await live.send(.log(id: id, lines: [Samples.line(13, "thirteen")]))
                    try await live.send(.end(id: id, exitCode: nil))
                    return true
                }
            }
        }
        try await YardServer.run(live: script, Self.answer) { server in
            let result = try await prepared(server).yard("logs", "-f", "-n", "50")
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.output.split(separator: "\n").map { $0.split(separator: " ").last } == ["ten", "eleven", "twelve", "thirteen"])
            #expect(asked.withLock { $0 } == [nil, 11, 12, 12])
            #expect(result.errors.contains("trying again"))
        }
    }

    @Test("following one deployment begins where the stored lines end")
    func followsOneDeployment() async throws {
        let script: YardServer.Live = { connection in
            let live = LiveScript(connection: connection)
            try await live.requests { request in
                guard case .logs(let id, _, .build, 3, true) = request else { return false }
                try await live.send(.log(id: id, lines: [Samples.line(4, "four", kind: .build)]))
                try await live.send(.end(id: id, exitCode: nil))
                return true
            }
        }
        try await YardServer.run(live: script, Self.answer) { server in
            let result = try await prepared(server).yard("logs", "-f", "--build")
            #expect(result.output.split(separator: "\n").map { $0.split(separator: " ").last } == ["one", "two", "three", "four"])
        }
    }

    @Test("a subscription that is refused ends with the reason")
    func refused() async throws {
        let script: YardServer.Live = { connection in
            let live = LiveScript(connection: connection)
            try await live.requests { _ in
                try await live.send(.problem(id: "logs-0", problem: Problem(code: "FORBIDDEN", message: "logs are not for you")))
                return true
            }
        }
        try await YardServer.run(live: script, Self.answer) { server in
            let result = try await prepared(server).yard("logs", "-f")
            #expect(result.code == 1)
            #expect(result.errors.contains("logs are not for you"))
        }
    }

    @Test("on a terminal, a line cannot do more than be coloured")
    func hostileLines() {
        #expect(TerminalText.safe("plain ü text") == "plain ü text")
        #expect(TerminalText.safe("\u{1B}[31mred") == "\u{1B}[31mred\u{1B}[0m")
        #expect(TerminalText.safe("a\u{1B}[2J\u{1B}[1;1Hb\rc\u{8}") == "abc")
        #expect(TerminalText.safe("x\u{1B}]52;c;ZWNobw==\u{7}y\u{1B}]0;title\u{1B}\\z") == "xyz")
        #expect(TerminalText.safe("\u{9B}31mx\u{1B}") == "31mx")
        #expect(TerminalText.safe("\u{1B}[38;5;1mx") == "\u{1B}[38;5;1mx\u{1B}[0m")
        #expect(TerminalText.safe("tab\tstays") == "tab\tstays")
    }
}
