import FoundationEssentials
import NIOHTTP1
import Processes
import Resources
import TestSupport
import Testing

/// What a whole platform makes of bad input. Each field of the API with each family is walked by GatewayTests; here are the ones that
/// reach builds, Git, the engine and the disk. An application runs all the while, and must not notice.
@Suite(.serialized)
struct BadInputTests {
    private struct Source {
        let json: String
        let code: String

        static func git(_ url: String, _ code: String = "GIT_URL_INVALID", reference: String? = nil) throws -> Source {
            try Source(.git(url: url, reference: reference), code)
        }

        static func image(_ reference: String, _ code: String = "IMAGE_NAME_INVALID") throws -> Source {
            try Source(.image(reference: reference), code)
        }

        private init(_ source: DeploymentSource, _ code: String) throws {
            json = String(decoding: try ResourceCoding.encode(CreateDeployment(source: source)), as: UTF8.self)
            self.code = code
        }
    }

    private static let canary = "/tmp/switchyard-canary"

    private static func sources(_ platform: TestPlatform) throws -> [Source] {
        let urls = [
            "file:///etc", "/etc/passwd", "../x", "ext::sh -c touch% \(canary)", "ext::sh -c 'touch \(canary)'",
            "--upload-pack=touch \(canary)",
            "-oProxyCommand=touch", "ssh://-oProxyCommand=touch/x", "git@-oProxyCommand=touch:x", "git://example.com/x",
            "ftp://example.com/x",
            "https://example.com/x#ref:../..", "https://example.com/$(touch \(canary))", "https://example.com/../x",
            "https://exa\nmple.com/x",
        ]
        let privateHosts = [
            "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "0", "169.254.169.254", "2852039166", "10.0.0.1",
            "172.16.0.1", "192.168.1.1", "100.64.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[fd00:ec2::254]",
            "[fe80::1]", "[64:ff9b::7f00:1]", "localhost", "LOCALHOST", "localhost.", "x.localhost",
        ]
        let branches = ["-b", "--upload-pack=x", "../../../etc", "a..b", "refs/heads/../x", "HEAD@{1}", "a b", "x\ny", "a\u{202E}b", ""]
        let images = [
            "-v", "--privileged", "/:/host", "a b", "../x", "x\ny", "alpine@sha256:bad", "deadbeef", "a", "docker-archive:/etc/passwd",
            "sha256:" + String(repeating: "a", count: 64), "Registry/UPPER", "x:$(id)", "",
        ]
        let registries = ["127.0.0.1:5000/x", "localhost:5000/x", "169.254.169.254/x", "2130706433:80/x"]
        var sources = try urls.map { try Source.git($0) }
        sources += try privateHosts.map { try Source.git("http://\($0):\(platform.apiPort)/x", "ADDRESS_FORBIDDEN") }
        sources.append(try .git("git@127.0.0.1:x", "ADDRESS_FORBIDDEN"))
        sources += try branches.map { try Source.git("https://example.com/x", "GIT_REFERENCE_INVALID", reference: $0) }
        sources += try images.map { try Source.image($0) }
        sources += try registries.map { try Source.image($0, "ADDRESS_FORBIDDEN") }
        sources.append(try .image("localhost/\(platform.name)/x:y", "IMAGE_FORBIDDEN"))
        return sources
    }

    /// A name that isn't `localhost`, and leads to loopback all the same.
    private static func nameOfLoopback() -> String? {
        let text = (try? String(contentsOfFile: "/etc/hosts", encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let address = words.first, address.hasPrefix("127.") || address == "::1" else { continue }
            if let name = words.dropFirst().first(where: { !$0.contains("localhost") }) { return String(name) }
        }
        return nil
    }

    @Test("hostile sources are refused with their codes, and what runs doesn't notice")
    func hostileSourcesAreRefused() async throws {
        try await TestPlatform.with(["SWITCHYARD_UPLOAD_LIMIT_MIB": "8"]) { platform in
            let app = try Application("web", in: platform.data, answer: "'good'")
            let good = try await platform.deploy(app)
            let path = "/environments/\(good.environmentId)/services/\(good.serviceId)"
            let before = try await State(platform, path)
            let archives = try await HostileArchives.all(in: platform.data)
            let count = try await Visitor.visiting(platform, app.host) {
                for source in try Self.sources(platform) {
                    let answer = try await platform.api(.POST, path + "/deployments", json: source.json)
                    #expect(answer.status == (source.code.hasSuffix("FORBIDDEN") ? 403 : 400), "\(source.json): \(answer.text)")
                    #expect(answer.code == source.code, "\(source.json): \(answer.text)")
                }
                let large = try await platform.api(
                    .POST, path + "/deployments", type: "application/gzip", body: [UInt8](repeating: 0x1F, count: 9 << 20))
                #expect(large.status == 413 && large.code == "UPLOAD_TOO_LARGE", "\(large.text)")
                try await cutOff(platform, path)
                // All that was refused is not even a deployment.
                #expect(try await platform.deployments(of: app).map(\.id) == [good.id])

                for archive in archives {
                    let answer = try await platform.api(.POST, path + "/deployments", type: "application/octet-stream", body: archive.bytes)
                    #expect(answer.status == 201, "\(archive.name): \(answer.text)")
                    try await expectFailure(try answer.decode(Deployment.self).id, archive.code, archive.name, app, platform)
                }
                if let name = Self.nameOfLoopback() {
                    let source = try Source.git("http://\(name):\(platform.apiPort)/x")
                    let answer = try await platform.api(.POST, path + "/deployments", json: source.json)
                    try await expectFailure(try answer.decode(Deployment.self).id, "ADDRESS_FORBIDDEN", name, app, platform)
                }
            }
            #expect(count.failures == [])
            #expect(count.bodies == ["good"])
            #expect(try await State(platform, path) == before)
            try await platform.waitUntilAlone(good.id)
            #expect(!FileManager.default.fileExists(atPath: Self.canary))
            #expect(!FileManager.default.fileExists(atPath: "/etc/switchyard-canary"))
            let sources = try? FileManager.default.contentsOfDirectory(atPath: platform.data + "/builds")
            #expect(sources ?? [] == [])
        }
    }

    @Test("yard says what is wrong with bad input, with the code and an exit status, and nothing is changed")
    func yardRefuses() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'good'")
            let good = try await platform.deploy(app)
            try await platform.yard("variables", "set", "A=1", "--skip-deploys", in: app.folder)
            let path = "/environments/\(good.environmentId)/services/\(good.serviceId)"
            let before = try await State(platform, path)
            let commands: [([String], String)] = [
                (["up", "--git", "file:///etc"], "GIT_URL_INVALID"),
                (["up", "--git", "ext::sh -c touch% \(Self.canary)"], "GIT_URL_INVALID"),
                (["up", "--git=--upload-pack=x"], "GIT_URL_INVALID"), (["up", "--git", "http://127.1/x"], "ADDRESS_FORBIDDEN"),
                (["up", "--git", "https://example.com/x", "--ref=-b"], "GIT_REFERENCE_INVALID"),
                (["up", "--git", "https://example.com/x", "--ref", "../../etc"], "GIT_REFERENCE_INVALID"),
                (["up", "--image=--privileged"], "IMAGE_NAME_INVALID"), (["up", "--image", "a b"], "IMAGE_NAME_INVALID"),
                (["variables", "set", "A=${{B}}", "B=${{A}}"], "VARIABLE_LOOP"), (["variables", "set", "A=${{A}}"], "VARIABLE_LOOP"),
                (["variables", "set", "PORT=99999"], "PORT_INVALID"), (["domain", "add", "bad host"], "HOST_INVALID"),
                (["domain", "add", "127.0.0.1"], "HOST_INVALID"), (["domain", "add", "--port", "70000"], "PORT_INVALID"),
                (["volume", "add", "--mount-path", "/etc"], "PATH_INVALID"),
                (["volume", "add", "--mount-path", "/data/../etc"], "PATH_INVALID"),
                (["volume", "add", "--mount-path", "/data", "--name", "$(id)"], "NAME_INVALID"),
                (["settings", "set", "--start-command", "a\nb"], "COMMAND_INVALID"),
                (["settings", "set", "--start-command=-x"], "COMMAND_INVALID"),
                (["settings", "set", "--root-directory", "../x"], "PATH_INVALID"),
                (["settings", "set", "--dockerfile-path", "/etc/x"], "PATH_INVALID"),
                (["settings", "set", "--healthcheck-path", "x"], "PATH_INVALID"), (["scale", "--replicas", "51"], "SETTING_INVALID"),
                (["scale", "--replicas=-1"], "SETTING_INVALID"), (["environment", "new", "../x"], "NAME_INVALID"),
            ]
            for (arguments, code) in commands {
                let finished = try await platform.tryYard(arguments + ["--json"], in: app.folder)
                #expect(finished.exit == .exited(1), "\(arguments): \(finished.exit)")
                #expect((finished.output + finished.errorOutput).contains("\"\(code)\""), "\(arguments): \(finished.errorOutput)")
            }
            #expect(try await State(platform, path) == before)
            #expect(try await platform.deployments(of: app).map(\.id) == [good.id])
            #expect(try await platform.get(app.host).body == "good")
            try await platform.waitUntilAlone(good.id)
            #expect(!FileManager.default.fileExists(atPath: Self.canary))
        }
    }

    @Test("variables that lead back to themselves are refused, over services and shared ones too, and nothing is deployed")
    func referenceLoopsAreRefused() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'good'")
            let good = try await platform.deploy(app)
            let project = "/projects/\(good.projectId)"
            let api = try await platform.api(.POST, project + "/services", json: "{\"name\":\"api\"}").decode(Service.self)
            let environment = "/environments/\(good.environmentId)"
            let (web, other) = (environment + "/services/\(good.serviceId)", environment + "/services/\(api.id)")
            func set(_ place: String, _ variables: String) async throws -> TestPlatform.APIAnswer {
                try await platform.api(.PUT, place + "/variables", json: "{\"variables\":\(variables),\"redeploy\":false}")
            }
            #expect(try await set(web, #"{"URL":"${{api.HOST}}/x","SELF":"1"}"#).status == 200)
            #expect(try await set(other, #"{"HOST":"h${{shared.SUFFIX}}"}"#).status == 200)
            #expect(try await set(environment, #"{"SUFFIX":"s"}"#).status == 200)
            let before = try await State(platform, web)
            let loops = [
                (web, #"{"SELF":"${{SELF}}"}"#), (web, #"{"SELF":"${{web.SELF}}"}"#), (web, #"{"A":"${{B}}","B":"${{C}}","C":"x${{A}}"}"#),
                (other, #"{"HOST":"${{web.URL}}"}"#), (environment, #"{"SUFFIX":"${{SUFFIX}}"}"#),
                (environment, #"{"SUFFIX":"${{web.URL}}"}"#),
            ]
            for (place, variables) in loops {
                let answer = try await set(place, variables)
                #expect(answer.status == 400 && answer.code == "VARIABLE_LOOP", "\(variables): \(answer.text)")
            }
            #expect(try await State(platform, web) == before)
            let rendered = try await platform.api(.GET, web + "/variables/rendered").decode([String: String].self)
            #expect(rendered["URL"] == "hs/x" && rendered["SELF"] == "1")
            #expect(try await platform.deployments(of: app).map(\.id) == [good.id])
            #expect(try await platform.get(app.host).body == "good")
        }
    }

    /// Everything of a service that bad input could have changed: what is stored, and what is on the machine.
    private struct State: Hashable {
        let settings: ServiceSettings
        let domains: [Domain]
        let volumes: [Volume]
        let variables: [Variable]
        let active: Deployment.ID?
        let projects: [Project]
        let machine: [String]

        init(_ platform: TestPlatform, _ path: String) async throws {
            let entry = try await platform.api(.GET, path).decode(EnvironmentOverview.Entry.self)
            (settings, domains, volumes, active) = (entry.settings, entry.domains, entry.volumes, entry.active?.id)
            variables = try await platform.api(.GET, path + "/variables").decode([Variable].self)
            projects = try await platform.api(.GET, "/projects").decode([Project].self)
            machine = try await (platform.containers() + platform.networks() + platform.volumes()).sorted()
        }
    }

    private func expectFailure(
        _ id: Deployment.ID, _ code: String, _ what: String, _ app: Application, _ platform: TestPlatform
    ) async throws {
        let settled: Set<DeploymentStatus> = [.success, .failed, .crashed, .skipped, .removed]
        let deployment = try await platform.wait(for: settled, of: id, app)
        #expect(deployment.status == .failed, "\(what)")
        #expect(deployment.problem?.code == code, "\(what): \(String(describing: deployment.problem))")
        #expect(deployment.problem?.hint?.isEmpty == false, "\(what): \(String(describing: deployment.problem))")
    }

    /// Sends less than the head of the request says, and hangs up.
    private func cutOff(_ platform: TestPlatform, _ path: String) async throws {
        let head = """
            POST /api/v1\(path)/deployments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(try platform.token)\r
            Content-Type: application/gzip\r\nContent-Length: 1000000\r\n\r\nnot all of it
            """
        try Data(head.utf8).write(to: URL(filePath: platform.data + "/head"))
        let send =
            "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); s.sendall(open(sys.argv[2], 'rb').read())"
        let sent = try await Command("python3", ["-c", send, "\(platform.apiPort)", platform.data + "/head"]).run(timeout: .seconds(20))
        #expect(sent.isSuccess, "\(sent.errorOutput)")
        try await eventually("nothing of it is kept") {
            try FileManager.default.contentsOfDirectory(atPath: platform.data + "/blobs/incoming").isEmpty
        }
    }
}
