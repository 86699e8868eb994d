import FoundationEssentials
import NIOHTTP1
import Resources
import Testing

@testable import Gateway

/// Each family of bad text on every field that takes text. Whatever a field accepts, nothing may end in a fault of ours; and what is
/// never right in a field is refused with a stable code, and changes nothing.
@Suite(.timeLimit(.minutes(2)))
struct BadInputTests {
    struct Family: Sendable {
        let name: String
        let text: String
    }

    struct Field: Sendable {
        let name: String
        let method: HTTPMethod
        let path: @Sendable (TestProject) -> String
        let body: @Sendable (String) -> [String: Any & Sendable]
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
        Family(name: "long", text: String(repeating: "a", count: 70_000)),
        Family(name: "huge", text: String(repeating: "a", count: 10 << 20)),
    ]

    private static let free: Set<String> = [
        "shell", "substitution", "backticks", "pipe", "ampersand", "quote", "double quote", "backslash", "newline", "line separator",
        "escape", "carriage return", "traversal", "leading dash", "option", "empty", "blank", "override", "emoji", "template",
    ]

    static let fields = [
        Field(name: "project name", method: .POST, path: { _ in "/projects" }, body: { ["name": $0] }),
        Field(name: "project's new name", method: .PATCH, path: { "/projects/\($0.project.id)" }, body: { ["name": $0] }),
        Field(name: "environment name", method: .POST, path: { "/projects/\($0.project.id)/environments" }, body: { ["name": $0] }),
        Field(name: "service name", method: .POST, path: { "/projects/\($0.project.id)/services" }, body: { ["name": $0] }),
        Field(name: "service's new name", method: .PATCH, path: { "/services/\($0.service)" }, body: { ["name": $0] }),
        Field(name: "variable name", method: .PUT, path: { $0.instance + "/variables" }, body: { ["variables": [$0: "x"]] }),
        Field(
            name: "shared variable name", method: .PUT, path: { "/environments/\($0.environment)/variables" },
            body: { ["variables": [$0: "x"]] }),
        Field(
            name: "variable value", method: .PUT, path: { $0.instance + "/variables" }, body: { ["variables": ["A": $0]] }, accepts: free),
        Field(name: "domain host", method: .POST, path: { $0.instance + "/domains" }, body: { ["host": $0] }),
        Field(name: "volume name", method: .POST, path: { $0.instance + "/volumes" }, body: { ["name": $0, "mountPath": "/data"] }),
        Field(
            name: "mount path", method: .POST, path: { $0.instance + "/volumes" }, body: { ["mountPath": $0] }),
        Field(name: "start command", method: .PATCH, path: { $0.instance }, body: { ["startCommand": $0] }, accepts: free),
        Field(name: "build command", method: .PATCH, path: { $0.instance }, body: { ["buildCommand": $0] }, accepts: free),
        Field(
            name: "root directory", method: .PATCH, path: { $0.instance }, body: { ["rootDirectory": $0] },
            accepts: free.subtracting(["newline", "carriage return", "escape", "traversal", "leading dash", "option"])),
        Field(
            name: "Dockerfile path", method: .PATCH, path: { $0.instance }, body: { ["dockerfilePath": $0] },
            accepts: free.subtracting(["newline", "carriage return", "escape", "traversal", "leading dash", "option"])),
        Field(name: "health check path", method: .PATCH, path: { $0.instance }, body: { ["healthcheckPath": $0] }, accepts: ["empty"]),
        Field(name: "restart policy", method: .PATCH, path: { $0.instance }, body: { ["restartPolicy": $0] }),
        Field(name: "number as text", method: .PATCH, path: { $0.instance }, body: { ["replicas": $0] }),
        Field(
            name: "Git URL", method: .POST, path: { $0.instance + "/deployments" }, body: { ["source": ["git": ["url": $0]]] }),
    ]

    @Test("every field refuses what it can't take, and nothing ends in a fault", arguments: fields.map(\.name))
    func walk(fieldName: String) async throws {
        let gateway = try await TestGateway.shared.value
        let field = try #require(Self.fields.first { $0.name == fieldName })
        let project = try await gateway.makeProject()
        let before = try await state(project, gateway)
        for family in Self.families where !field.accepts.contains(family.name) {
            let json = try JSON.text(field.body(family.text))
            let answer = try await gateway.send(field.method, field.path(project), token: gateway.home.owner, json: json)
            #expect(answer.status == (family.name == "huge" ? 413 : 400), "\(family.name): \(answer.status) \(answer.text.prefix(300))")
            #expect(!answer.code.isEmpty, "\(family.name)")
            #expect(answer.body.count < 2000, "\(family.name): the answer repeats the input")
        }
        #expect(try await state(project, gateway) == before)
        for family in Self.families where field.accepts.contains(family.name) {
            let json = try JSON.text(field.body(family.text))
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

    @Test("a variable's name in a path is taken as text", arguments: ["%00", "%0a", "a%00b", "%ff", "%", "x%2F..%2Fy", "%27;--"])
    func pathText(name: String) async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let answer = try await gateway.send(.DELETE, project.instance + "/variables/" + name, token: gateway.home.owner)
        #expect([400, 404].contains(answer.status), "\(answer.text)")
        #expect(["PARAMETER_INVALID", "VARIABLE_NOT_FOUND", ""].contains(answer.code), "\(answer.text)")
    }

    private func state(_ project: TestProject, _ gateway: TestGateway) async throws -> [String] {
        var texts: [String] = []
        for path in ["/projects/\(project.project.id)", "/environments/\(project.environment)", project.instance + "/variables"] {
            texts.append(try await gateway.send(.GET, path, token: gateway.home.owner).text)
        }
        return texts
    }
}
