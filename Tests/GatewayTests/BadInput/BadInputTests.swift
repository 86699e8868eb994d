import FoundationEssentials
import NIOHTTP1
import Resources
import Testing

@testable import Gateway

/// Each family of bad text on every field that takes text. Whatever a field accepts, nothing may end in a fault of ours; and what is
/// never right in a field is refused with a stable code, and changes nothing.
@Suite(.timeLimit(.minutes(4)))
struct BadInputTests {
    struct Family: Sendable {
        let name: String
        /// The text as a JSON string.
        let json: String

        init(name: String, text: String) {
            self.name = name
            json = JSONText.quoted(text)
        }

        init(name: String, length: Int) {
            self.name = name
            json = "\"" + String(repeating: "a", count: length) + "\""
        }
    }

    struct Field: Sendable {
        let name: String
        let method: HTTPMethod
        let path: @Sendable (TestProject) -> String
        /// Takes the text as a JSON string, quotes and all.
        let body: @Sendable (String) -> String
        /// The families that the field may accept, since its text is free there.
        var accepts: Set<String> = []
    }

    static let families = [
        Family(name: "shell", text: "x; touch /tmp/canary"),
        Family(name: "substitution", text: "$(touch /tmp/canary)"),
        Family(name: "backticks", text: "`touch /tmp/canary`"),
        Family(name: "pipe", text: "x|id"),
        Family(name: "ampersand", text: "x & id"),
        Family(name: "quote", text: "'; drop table projects; --"),
        Family(name: "double quote", text: "\"; id; \""),
        Family(name: "backslash", text: "a\\"),
        Family(name: "newline", text: "x\ny"),
        Family(name: "carriage return", text: "x\r\ny: z"),
        Family(name: "line separator", text: "x\u{2028}y"),
        Family(name: "escape", text: "\u{1B}[2Jx"),
        Family(name: "NUL", text: "x\u{0}y"),
        Family(name: "traversal", text: "../../etc/passwd"),
        Family(name: "leading dash", text: "-oProxyCommand=id"),
        Family(name: "option", text: "--upload-pack=id"),
        Family(name: "empty", text: ""),
        Family(name: "blank", text: "   "),
        Family(name: "override", text: "a\u{202E}b"),
        Family(name: "emoji", text: "\u{1F600}"),
        Family(name: "template", text: "{{7*7}}"),
        Family(name: "long", length: 70_000),
        Family(name: "huge", length: 10 << 20),
    ]

    /// All but those that are too long, and NUL, which nothing may hold.
    private static let anyText = Set(families.map(\.name)).subtracting(["NUL", "long", "huge"])
    /// One line of visible characters, to be run in the user's own container.
    private static let command = anyText.subtracting([
        "newline", "carriage return", "line separator", "escape", "override", "blank", "leading dash", "option",
    ])

    static let fields = [
        Field(name: "project name", method: .POST, path: { _ in "/projects" }, body: { "{\"name\":\($0)}" }),
        Field(name: "project's new name", method: .PATCH, path: { "/projects/\($0.project.id)" }, body: { "{\"name\":\($0)}" }),
        Field(name: "environment name", method: .POST, path: { "/projects/\($0.project.id)/environments" }, body: { "{\"name\":\($0)}" }),
        Field(name: "service name", method: .POST, path: { "/projects/\($0.project.id)/services" }, body: { "{\"name\":\($0)}" }),
        Field(name: "service's new name", method: .PATCH, path: { "/services/\($0.service)" }, body: { "{\"name\":\($0)}" }),
        Field(name: "variable name", method: .PUT, path: { $0.instance + "/variables" }, body: { "{\"variables\":{\($0):\"x\"}}" }),
        Field(
            name: "shared variable name", method: .PUT, path: { "/environments/\($0.environment)/variables" },
            body: { "{\"variables\":{\($0):\"x\"}}" }),
        Field(
            name: "variable value", method: .PUT, path: { $0.instance + "/variables" }, body: { "{\"variables\":{\"A\":\($0)}}" },
            accepts: anyText),
        Field(name: "domain host", method: .POST, path: { $0.instance + "/domains" }, body: { "{\"host\":\($0)}" }),
        Field(
            name: "volume name", method: .POST, path: { $0.instance + "/volumes" }, body: { "{\"name\":\($0),\"mountPath\":\"/data\"}" }),
        Field(name: "mount path", method: .POST, path: { $0.instance + "/volumes" }, body: { "{\"mountPath\":\($0)}" }),
        Field(name: "start command", method: .PATCH, path: { $0.instance }, body: { "{\"startCommand\":\($0)}" }, accepts: command),
        Field(name: "build command", method: .PATCH, path: { $0.instance }, body: { "{\"buildCommand\":\($0)}" }, accepts: command),
        Field(
            name: "root directory", method: .PATCH, path: { $0.instance }, body: { "{\"rootDirectory\":\($0)}" },
            accepts: ["empty", "blank"]),
        Field(
            name: "Dockerfile path", method: .PATCH, path: { $0.instance }, body: { "{\"dockerfilePath\":\($0)}" },
            accepts: ["empty", "blank"]),
        Field(
            name: "health check path", method: .PATCH, path: { $0.instance }, body: { "{\"healthcheckPath\":\($0)}" }, accepts: ["empty"]),
        Field(name: "restart policy", method: .PATCH, path: { $0.instance }, body: { "{\"restartPolicy\":\($0)}" }),
        Field(name: "number as text", method: .PATCH, path: { $0.instance }, body: { "{\"replicas\":\($0)}" }),
        Field(
            name: "Git URL", method: .POST, path: { $0.instance + "/deployments" }, body: { "{\"source\":{\"git\":{\"url\":\($0)}}}" }),
    ]

    @Test("every field refuses what it can't take, and nothing ends in a fault", arguments: fields.map(\.name))
    func walk(fieldName: String) async throws {
        let gateway = try await TestGateway.shared.value
        let field = try #require(Self.fields.first { $0.name == fieldName })
        let project = try await gateway.makeProject()
        let before = try await state(project, gateway)
        for family in Self.families where !field.accepts.contains(family.name) {
            let json = field.body(family.json)
            let answer = try await gateway.send(field.method, field.path(project), token: gateway.home.owner, json: json)
            let isTooLarge = family.name == "huge" || field.name == "variable value" && family.name == "long"
            #expect(answer.status == (isTooLarge ? 413 : 400), "\(family.name): \(answer.status) \(answer.text.prefix(300))")
            #expect(!answer.code.isEmpty, "\(family.name)")
            #expect(answer.body.count < 2000, "\(family.name): the answer repeats the input")
        }
        #expect(try await state(project, gateway) == before)
        for family in Self.families where field.accepts.contains(family.name) {
            let json = field.body(family.json)
            let answer = try await gateway.send(field.method, field.path(project), token: gateway.home.owner, json: json)
            #expect(answer.status < 500, "\(family.name): \(answer.text)")
        }
    }

    @Test(
        "numbers out of their range are refused",
        arguments: [
            "{\"replicas\":-1}", "{\"replicas\":51}", "{\"replicas\":9223372036854775808}", "{\"replicas\":1.5}", "{\"replicas\":true}",
            "{\"memoryLimit\":-1}", "{\"memoryLimit\":0}", "{\"memoryLimit\":9223372036854775807}", "{\"cpuLimit\":0}", "{\"cpuLimit\":-2}",
            "{\"cpuLimit\":1e309}", "{\"cpuLimit\":\"NaN\"}", "{\"healthcheckTimeout\":0}", "{\"drainingSeconds\":-1}",
            "{\"restartPolicyMaxRetries\":-1}",
        ])
    func numbers(body: String) async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let answer = try await gateway.send(.PATCH, project.instance, token: gateway.home.owner, json: body)
        #expect(answer.status == 400, "\(answer.text)")
        let port = try await gateway.send(
            .POST, project.instance + "/domains", token: gateway.home.owner, json: "{\"targetPort\":70000}")
        #expect(port.status == 400)
    }

    @Test("a variable's name in a path is taken as text", arguments: ["%00", "%0a", "a%00b", "x%2F..%2Fy", "%27;--"])
    func pathText(name: String) async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let answer = try await gateway.send(.DELETE, project.instance + "/variables/" + name, token: gateway.home.owner)
        #expect([400, 404].contains(answer.status), "\(answer.text)")
        #expect(["PARAMETER_INVALID", "VARIABLE_NOT_FOUND", ""].contains(answer.code), "\(answer.text)")
    }

    /// All that a request about the project could have changed.
    private struct State: Hashable {
        var project: Project
        var overview: EnvironmentOverview
        var variables: [Variable]
        var shared: [Variable]
    }

    private func state(_ project: TestProject, _ gateway: TestGateway) async throws -> State {
        let environment = "/environments/\(project.environment)"
        func get<Value: Decodable>(_ path: String) async throws -> Value {
            try await gateway.send(.GET, path, token: gateway.home.owner).decode()
        }
        return State(
            project: try await get("/projects/\(project.project.id)"), overview: try await get(environment),
            variables: try await get(project.instance + "/variables"), shared: try await get(environment + "/variables"))
    }
}
