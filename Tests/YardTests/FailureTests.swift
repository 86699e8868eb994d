import FoundationEssentials
import HTTPTypes
import Resources
import Testing

@testable import Yard

/// What goes wrong is said clearly, and the exit code tells a script what it was.
@Suite("Failures")
struct FailureTests {
    @Test(
        "the status of a refusal decides the exit code",
        arguments: [
            (HTTPResponse.Status.badRequest, Int32(1)), (.unauthorized, 3), (.forbidden, 1), (.notFound, 4), (.conflict, 1),
            (.tooManyRequests, 1), (.internalServerError, 1), (.serviceUnavailable, 1),
        ])
    func refusals(status: HTTPResponse.Status, code: Int32) async throws {
        try await YardServer.run({ _ in
            try .json(Problem(code: "SOME_CODE", message: "no good", hint: "do better", requestId: "r-7"), status: status)
        }) { server in
            let run = try CommandRun(server)
            let text = await run.yard("whoami")
            #expect(text.code == code)
            #expect(text.output.isEmpty)
            for part in ["no good", "do better", "r-7"] { #expect(text.errors.contains(part)) }
            let json = await run.yard("whoami", "--json")
            #expect(json.code == code)
            #expect(json.output.isEmpty)
            #expect(try ResourceCoding.decode(Problem.self, from: Data(json.errors.utf8)).code == "SOME_CODE")
        }
    }

    @Test(
        "an answer that makes no sense is called that",
        arguments: [
            (YardServer.Answer.text("<html>hello</html>", type: "text/html"), "ANSWER_INVALID"),
            (.text(""), "ANSWER_INVALID"),
            (.text(#"{"user":{"id":"x","name":1}}"#), "ANSWER_INVALID"),
            (.text(#"{"user":"#), "ANSWER_INVALID"),
            (.text("null"), "ANSWER_INVALID"),
            (.text("oops", status: .internalServerError), "ANSWER_INVALID"),
            (.text("gone", status: .notFound), "ANSWER_INVALID"),
            (.text("", status: .movedPermanently), "REDIRECTED"),
            (.text("bad gateway", status: .badGateway), "UNREACHABLE"),
            (.text(#"{"message":"no code"}"#, status: .badRequest), "ANSWER_INVALID"),
        ] as [(YardServer.Answer, String)])
    func oddAnswers(answer: YardServer.Answer, code: String) async throws {
        try await YardServer.run({ _ in answer }) { server in
            let result = try await CommandRun(server).yard("whoami", "--json")
            #expect(result.code != 0)
            let problem = try ResourceCoding.decode(Problem.self, from: Data(result.errors.utf8))
            #expect(problem.code == code)
            #expect(problem.message.contains(server.url))
            #expect(problem.hint != nil)
        }
    }

    @Test("the missing key of an odd answer is named")
    func missingKey() async throws {
        try await YardServer.run({ _ in .text(#"{"user":{"id":"\#(Samples.identity.user.id)"}}"#) }) { server in
            let result = try await CommandRun(server).yard("whoami")
            #expect(result.errors.contains("name is missing at user"))
        }
    }

    @Test("a server that isn't there is unreachable")
    func unreachable() async throws {
        let run = try CommandRun()
        run.set("SWITCHYARD_URL", "http://127.0.0.1:1")
        run.set("SWITCHYARD_TOKEN", "x")
        let result = await run.yard("list")
        #expect(result.code == 5)
        #expect(result.errors.contains("nothing listens there"))
        #expect(result.errors.contains("→"))
        run.set("SWITCHYARD_URL", "http://no-such-host.invalid")
        #expect(await run.yard("list").code == 5)
    }

    @Test("only what may be repeated is tried again")
    func retries() async throws {
        try await YardServer.run({ _ in .text("", status: .badGateway) }) { server in
            let run = try CommandRun(server)
            _ = await run.yard("list")
            #expect(server.lines.count == 3)
            _ = await run.yard("init", "--name", "blog")
            #expect(server.lines.count == 4)
        }
    }

    @Test("without a token, or with a wrong one, it says how to log in")
    func notLoggedIn() async throws {
        try await YardServer.run({ _ in nil }) { server in
            let run = try CommandRun(server, isLoggedIn: false)
            let none = await run.yard("list")
            #expect(none.code == 3)
            #expect(none.errors.contains("yard login --url \(server.url)"))
            #expect(server.recorded.isEmpty)
            run.set("SWITCHYARD_TOKEN", "wrong")
            #expect(await run.yard("list").code == 3)
            run.set("SWITCHYARD_TOKEN", "two words")
            #expect(await run.yard("list").code == 2)
        }
    }

    @Test(
        "wrong usage is code 2, with where to read more",
        arguments: [
            ["up", "--nope"], ["nope"], ["scale"], ["scale", "--memory", "much"], ["scale", "1", "--replicas", "2"], ["settings", "set"],
            ["settings", "set", "--restart-policy", "sometimes"], ["completion", "tcsh"], ["logs", "--lines", "-1"], ["run"],
            ["variables", "set", "A"], ["variables", "set"], ["variables", "set", "=x"], ["volume", "add"], ["logs", "--deployment", "x"],
            ["up", "--ref", "main"], ["up", ".", "--image", "x"], ["list", "--url", "ftp://x"], ["list", "--url", "localhost"],
            ["list", "--url", "http://me:pw@x"],
            ["list", "--ca-file", "/dev/null"],
        ])
    func usage(arguments: [String]) async throws {
        let run = try CommandRun()
        run.set("SWITCHYARD_URL", "http://127.0.0.1:1")
        run.set("SWITCHYARD_TOKEN", "x")
        let result = await run.yard(arguments: arguments)
        #expect(result.code == 2, "\(result.errors)")
        #expect(result.errors.hasPrefix("error: "))
        #expect(result.output.isEmpty)
    }

    @Test(
        "help and versions are results, not errors",
        arguments: [["--help"], ["help", "up"], ["up", "-h"], ["--version"], ["version"], []])
    func help(arguments: [String]) async throws {
        let result = try await CommandRun().yard(arguments: arguments)
        #expect(result.code == 0)
        #expect(!result.output.isEmpty)
        #expect(result.errors.isEmpty)
    }

    @Test("each shell gets a completion script", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let result = try await CommandRun().yard("completion", shell)
        #expect(result.code == 0)
        #expect(result.output.contains("yard"))
        #expect(result.output.contains("redeploy"))
    }

    @Test("what cannot be undone asks, and needs --yes where nobody can answer")
    func confirmations() async throws {
        let answer: YardServer.Handler = { request in
            request.line.hasPrefix("GET") ? try .json(Samples.shop) : .text("", status: .noContent)
        }
        try await YardServer.run(answer) { server in
            let run = try CommandRun(server)
            run.set("SWITCHYARD_PROJECT_ID", "\(Samples.projectID)")
            #expect(await run.yard("delete", "project").code == 2)
            let no = await run.yard("delete", "project", input: nil, answers: ["n"])
            #expect(no.code == 130)
            #expect(!server.lines.contains { $0.hasPrefix("DELETE") })
            let yes = await run.yard("delete", "project", input: nil, answers: ["yes"])
            #expect(yes.code == 0)
            #expect(server.lines.last == "DELETE /api/v1/projects/\(Samples.projectID)")
        }
    }
}

extension CommandRun {
    func yard(arguments: [String]) async -> Result {
        await yard(arguments, in: nil)
    }
}
