import FoundationEssentials
import Glibc
import Resources
import Testing

@testable import Yard

@Suite("Login")
struct LoginTests {
    private func withServer(_ body: (YardServer, CommandRun) async throws -> Void) async throws {
        let answer: YardServer.Handler = { request in
            switch request.line {
            case "GET /api/v1/me": try .json(Samples.identity)
            case "GET /api/v1/projects": try .json([Samples.shop])
            default: nil
            }
        }
        try await YardServer.run(answer) { try await body($0, CommandRun($0, isLoggedIn: false)) }
    }

    @Test("a token from standard input is checked and kept, for its owner alone")
    func fromStandardInput() async throws {
        try await withServer { server, run in
            let login = await run.yard("login", input: server.token + "\n")
            #expect(login.code == 0, "\(login.errors)")
            #expect(login.output.contains("owner"))
            #expect(server.lines == ["GET /api/v1/me"])
            var status = stat()
            #expect(stat(run.folder + "/config/config.json", &status) == 0 && status.st_mode & 0o777 == 0o600)
            #expect(stat(run.folder + "/config", &status) == 0 && status.st_mode & 0o777 == 0o700)
            run.set("SWITCHYARD_URL", nil)
            #expect(await run.yard("whoami").code == 0, "the server logged in to is the one used")
            #expect(await run.yard("logout").code == 0)
            #expect(await run.yard("whoami").code == 3)
        }
    }

    @Test("a wrong token is not kept")
    func wrongToken() async throws {
        try await withServer { server, run in
            let login = await run.yard("login", "--token", "wrong")
            #expect(login.code == 3)
            #expect(!FileManager.default.fileExists(atPath: run.folder + "/config/config.json"))
        }
    }

    @Test("a person is asked for the token, and a file may hold it")
    func promptAndFile() async throws {
        try await withServer { server, run in
            let asked = await run.yard("login", input: nil, answers: [server.token])
            #expect(asked.code == 0)
            #expect(asked.errors.contains("Token for \(server.url)"))
            #expect(!(asked.output + asked.errors).contains(server.token))
            try Data((server.token + "\n").utf8).write(to: URL(filePath: run.folder + "/token"))
            #expect(await run.yard("login", "--token-file", "token").code == 0)
            #expect(await run.yard("login", "--token-file", "none").code == 4)
        }
    }

    @Test("a token is only sent to the server that it came from")
    func tokensStayWithTheirServer() async throws {
        try await withServer { server, run in
            #expect(await run.yard("login", input: server.token).code == 0)
            try await withServer { other, _ in
                run.set("SWITCHYARD_URL", other.url)
                #expect(await run.yard("whoami").code == 3)
                #expect(other.recorded.isEmpty)
            }
        }
    }

    @Test("an installation of this machine needs no login, and its new token replaces an old one")
    func localInstallation() async throws {
        try await withServer { server, run in
            run.set("SWITCHYARD_URL", nil)
            let port = server.url.split(separator: ":").last ?? ""
            let data = run.folder + "/data"
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
            try Data("API=\(port)\nHTTP=8080\nHTTPS=8443\n".utf8).write(to: URL(filePath: data + "/ports"))
            #expect(await run.yard("list").code == 3, "no token was left yet")
            try Data(server.token.utf8).write(to: URL(filePath: data + "/owner-token"))
            let list = await run.yard("list")
            #expect(list.code == 0, "\(list.errors)")
            #expect(list.errors.contains("Logged in"))
            #expect(await run.yard("list").errors.isEmpty)

            let store = try ConfigurationStore(
                surroundings: Surroundings(
                    variables: ["SWITCHYARD_CONFIG_DIR": run.folder + "/config"], directory: "/", console: Console(send: { _, _ in }),
                    input: .process()))
            try store.update { $0.servers[server.url]?.token = "of-an-earlier-installation" }
            #expect(await run.yard("list").code == 0)
            #expect(try store.load().servers[server.url]?.token == server.token)
        }
    }

    @Test("a broken configuration is named, and left as it is")
    func brokenConfiguration() async throws {
        let run = try CommandRun()
        try FileManager.default.createDirectory(atPath: run.folder + "/config", withIntermediateDirectories: true)
        for text in ["{", "[]", #"{"servers":3}"#, ""] {
            try Data(text.utf8).write(to: URL(filePath: run.folder + "/config/config.json"))
            let result = await run.yard("list")
            #expect(result.code == 1)
            #expect(result.errors.contains("config.json"))
            #expect(await run.yard("login", input: "x").code == 1)
            #expect(FileManager.default.contents(atPath: run.folder + "/config/config.json") == Data(text.utf8))
        }
    }
}
