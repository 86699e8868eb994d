import FoundationEssentials
import HTTPTypes
import Resources
import Testing

@testable import Yard

@Suite("Output")
struct OutputTests {
    @Test("a table's columns are as wide as their texts, and cells cannot break out")
    func table() {
        let table = Table(columns: ["NAME", "VALUE"], rows: [["a", "1"], ["longer-name", "x\u{1B}[2Jy\n"]])
        #expect(table.text(Style(isOn: false)) == "NAME         VALUE\na            1\nlonger-name  xy")
    }

    @Test("status shows services, URLs and what is wrong")
    func status() async throws {
        let failed = Samples.deployment(21, .failed, isActive: false, problem: Problem(code: "X", message: "the build failed"))
        let answer: YardServer.Handler = { request in
            request.line.contains("/projects/")
                ? try .json(Samples.shop)
                : try .json(EnvironmentOverview(environment: Samples.production, services: [Samples.entry(latest: failed)]))
        }
        try await YardServer.run(answer) { server in
            let run = try CommandRun(server)
            run.set("SWITCHYARD_PROJECT_ID", "\(Samples.projectID)")
            let plain = await run.yard("status")
            for part in [
                "shop, production", "FAILED (SUCCESS before it)", "1/2", "http://api-production.localhost:8080", "the build failed",
            ] {
                #expect(plain.output.contains(part), "\(plain.output)")
            }
            #expect(!plain.output.contains("\u{1B}"))
            #expect(await run.yard(["status"], in: nil, colours: true).output.contains("\u{1B}[1m"))
        }
    }

    @Test("colours need a terminal, and no NO_COLOR")
    func colours() {
        var console = Console(send: { _, _ in }, outputIsTerminal: true, errorIsTerminal: false, hasColours: true)
        #expect(console.style(.output).bold("x") == "\u{1B}[1mx\u{1B}[0m")
        #expect(console.style(.error).bold("x") == "x")
        console.hasColours = false
        #expect(console.style(.output).red("x") == "x")
        #expect(!Console.process(variables: ["NO_COLOR": "1"]).hasColours)
        #expect(!Console.process(variables: ["TERM": "dumb"]).hasColours)
    }

    @Test("times, sizes and ages read well")
    func measures() {
        #expect(Measures.duration(milliseconds: 42) == "42 ms")
        #expect(Measures.duration(milliseconds: 2_449) == "2.4 s")
        #expect(Measures.duration(milliseconds: 185_000) == "3 min 5 s")
        #expect(Measures.size(900) == "900 B")
        #expect(Measures.size(1536) == "1.5 KiB")
        #expect(Measures.size(1 << 30) == "1 GiB")
        #expect(Measures.age(of: Samples.time, now: Samples.time + 7200) == "2 h ago")
        for (text, bytes) in [("512M", 512 << 20), ("512MB", 512 << 20), ("1.5GiB", 3 << 29), ("100", 100), ("2 g", 2 << 30)] {
            #expect(Measures.bytes(text) == bytes)
        }
        for text in ["", "M", "-1", "1X", "1MM", "1e400", "99999999999T", "٣"] { #expect(Measures.bytes(text) == nil) }
    }

    @Test("variables as .env lines are read again as what they were")
    func dotEnvRoundTrip() throws {
        let values = [
            "A": "plain", "B": "two words", "C": "line\nbreak\t\"quoted\" $x \\ back", "D": "", "E": "#no comment", "F": "ü", "G": "a=b",
            "H": "it's",
        ]
        let text = values.sorted { $0.key < $1.key }.map { DotEnv.line($0.key, $0.value) }.joined(separator: "\n")
        #expect(try DotEnv.parse(text) == values)
    }

    @Test("what people write into .env files is understood")
    func dotEnvForms() throws {
        let text = """
            # comment
            export A=1

              B = spaced  # comment
            C='raw $x \\n'
            D="multi
            line"
            E=http://x/#anchor
            """
        #expect(
            try DotEnv.parse(text) == [
                "A": "1", "B": "spaced", "C": "raw $x \\n", "D": "multi\nline", "E": "http://x/#anchor",
            ])
        #expect(throws: YardError.self) { try DotEnv.parse("nothing") }
        #expect(throws: YardError.self) { try DotEnv.parse("A=\"open") }
    }

    @Test("variables are set from standard input, as one value or as a file")
    func variablesFromInput() async throws {
        let answer: YardServer.Handler = { request in
            request.line.hasPrefix("GET") ? try .json(Samples.shop) : .text("", status: .noContent)
        }
        try await YardServer.run(answer) { server in
            let run = try CommandRun(server)
            run.set("SWITCHYARD_PROJECT_ID", "\(Samples.projectID)")
            run.set("SWITCHYARD_SERVICE_ID", "api")
            let one = await run.yard("variables", "set", "KEY", "--stdin", "--sealed", input: "line one\nline two\n")
            #expect(one.code == 0, "\(one.errors)")
            #expect(!one.output.contains("line one"))
            let sent = try ResourceCoding.decode(SetVariables.self, from: Data(server.recorded.last?.body ?? []))
            #expect(sent == SetVariables(variables: ["KEY": "line one\nline two"], sealed: true))
            #expect(await run.yard("variables", "set", "--stdin", input: "A=1\nB='2'\n").code == 0)
            let many = try ResourceCoding.decode(SetVariables.self, from: Data(server.recorded.last?.body ?? []))
            #expect(many.variables == ["A": "1", "B": "2"])
        }
    }

    @Test("a server's URL is taken apart and paths are put together safely")
    func serverURL() throws {
        let server = try ServerURL("https://yard.example/base/")
        #expect(
            server.api(["projects", "a/b?c#d ü"], query: [("after", "x&y")])
                == "https://yard.example/base/api/v1/projects/a%2Fb%3Fc%23d%20%C3%BC?after=x%26y")
        #expect(server.live == "wss://yard.example/base/api/v1/live")
        #expect(server.isEncrypted && !server.isLoopback)
        for text in ["http://127.0.0.1:7070", "http://localhost:1", "http://api.localhost", "http://[::1]:80"] {
            #expect(try ServerURL(text).isLoopback)
        }
        for text in ["", "x", "ftp://x", "http://", "http://x?y", "http://u@x", "http://x#y"] {
            #expect(throws: YardError.self) { try ServerURL(text) }
        }
    }
}
