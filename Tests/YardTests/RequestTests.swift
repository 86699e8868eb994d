import FoundationEssentials
import HTTPTypes
import Resources
import Testing

@testable import Yard

/// Each verb asks the server for what the API's contract says.
@Suite("Requests")
struct RequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var request: String
        var body: String = ""

        init(_ words: String, _ request: String, _ body: String = "") {
            arguments = words.split(separator: " ").map(String.init)
            self.request = request
            self.body = body
        }

        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let s = Samples.servicePath
    private static let e = "/api/v1/environments/\(Samples.production.id)"
    private static let p = "/api/v1/projects/\(Samples.projectID)"
    private static let d = "/api/v1/deployments/\(Samples.deployment().id)"

    static let cases: [Case] = [
        Case("whoami", "GET /api/v1/me"),
        Case("list", "GET /api/v1/projects"),
        Case("init --name blog", "POST /api/v1/projects", #"{"name":"blog"}"#),
        Case("status", "GET \(e)"),
        Case("variables", "GET \(s)/variables"),
        Case("variables --shared", "GET \(e)/variables"),
        Case("variables set A=1=2", "PUT \(s)/variables", #"{"redeploy":true,"sealed":false,"variables":{"A":"1=2"}}"#),
        Case("variables --set A=1", "PUT \(s)/variables", #"{"redeploy":true,"sealed":false,"variables":{"A":"1"}}"#),
        Case(
            "variables set A=1 --shared --sealed --skip-deploys", "PUT \(e)/variables",
            #"{"redeploy":false,"sealed":true,"variables":{"A":"1"}}"#),
        Case("variables delete A", "DELETE \(s)/variables/A"),
        Case("variables delete ../x?y --shared", "DELETE \(e)/variables/..%2Fx%3Fy"),
        Case("restart", "POST \(d)/restart"),
        Case("down --yes", "POST \(d)/remove"),
        Case("deployment cancel", "POST \(d)/cancel"),
        Case("redeploy --detach", "POST \(d)/redeploy"),
        Case("rollback --detach \(Samples.deployment(9).id)", "POST /api/v1/deployments/\(Samples.deployment(9).id)/rollback"),
        Case("up --detach --image nginx:1", "POST \(s)/deployments", #"{"source":{"image":{"reference":"nginx:1"}}}"#),
        Case(
            "up --detach --git https://git.example/x.git --ref main", "POST \(s)/deployments",
            #"{"source":{"git":{"reference":"main","url":"https://git.example/x.git"}}}"#),
        Case("deployment list --limit 3", "GET \(s)/deployments?limit=3"),
        Case("scale 3", "PATCH \(s)", #"{"replicas":3}"#),
        Case("scale --cpu 0.5 --memory 512MB", "PATCH \(s)", #"{"cpuLimit":0.5,"memoryLimit":536870912}"#),
        Case(
            "settings set --health-check /up --restart-policy always --no-public", "PATCH \(s)",
            #"{"healthcheckPath":"/up","isPublic":false,"restartPolicy":"ALWAYS"}"#),
        Case("settings", "GET \(s)"),
        Case("domain", "POST \(s)/domains", "{}"),
        Case("domain shop.example --port 9000", "POST \(s)/domains", #"{"host":"shop.example","targetPort":9000}"#),
        Case("domain list", "GET \(s)/domains"),
        Case("domain remove shop.example", "DELETE /api/v1/domains/\(Samples.id(Domain.self, 31))"),
        Case("volume add --mount-path /data --name files", "POST \(s)/volumes", #"{"mountPath":"/data","name":"files"}"#),
        Case("volume", "GET \(s)/volumes"),
        Case("volume remove files --yes", "DELETE /api/v1/volumes/\(Samples.id(Volume.self, 32))"),
        Case("environment new qa", "POST \(p)/environments", #"{"name":"qa"}"#),
        Case("environment delete staging --yes", "DELETE /api/v1/environments/\(Samples.staging.id)"),
        Case("delete service web --yes", "DELETE /api/v1/services/\(Samples.web.id)"),
        Case("delete project --yes", "DELETE \(p)"),
        Case("logs", "GET \(d)/logs?limit=1000&kind=DEPLOY"),
        Case("logs --build", "GET \(d)/logs?limit=1000&kind=BUILD"),
        Case("open --print", "GET \(s)"),
    ]

    @Test("a verb becomes the request that the contract names", arguments: cases)
    func verbsBecomeRequests(item: Case) async throws {
        try await YardServer.run(answer) { server in
            let run = try CommandRun(server)
            run.set("SWITCHYARD_PROJECT_ID", "shop")
            run.set("SWITCHYARD_ENVIRONMENT_ID", "production")
            run.set("SWITCHYARD_SERVICE_ID", "api")
            let result = await run.yard(arguments: item.arguments)
            #expect(result.code == 0, "\(result.errors)")
            let last = try #require(server.recorded.last)
            #expect(last.line == item.request)
            #expect(try sorted(last.json) == item.body)
            #expect(last.headers["authorization"] == "Bearer \(server.token)")
            #expect(last.headers["user-agent"] == "yard/\(yardVersion)")
        }
    }

    @Test("with --json, what a verb prints is JSON", arguments: cases)
    func outputIsJSON(item: Case) async throws {
        try await YardServer.run(answer) { server in
            let run = try CommandRun(server)
            run.set("SWITCHYARD_PROJECT_ID", "\(Samples.projectID)")
            run.set("SWITCHYARD_SERVICE_ID", "\(Samples.api.id)")
            let result = await run.yard(arguments: item.arguments + ["--json"])
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.errors.isEmpty)
            for line in item.arguments.first == "logs" ? result.output.split(separator: "\n").map(String.init) : [result.output] {
                #expect(throws: Never.self) { try JSONDecoder().decode(AnyJSON.self, from: Data(line.utf8)) }
            }
        }
    }

    private func sorted(_ json: String) throws -> String {
        guard !json.isEmpty else { return "" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(JSONDecoder().decode(AnyJSON.self, from: Data(json.utf8))), as: UTF8.self)
    }

    @Sendable private func answer(_ request: YardServer.Recorded) throws -> YardServer.Answer? {
        let words = request.line.split(separator: " ").map(String.init)
        let path = words[1].split(separator: "?").first.map(String.init) ?? ""
        let domain = Domain(
            id: Samples.id(Domain.self, 31), serviceId: Samples.api.id, environmentId: Samples.production.id, host: "shop.example",
            isGenerated: false, url: "http://shop.example")
        let volume = Volume(
            id: Samples.id(Volume.self, 32), serviceId: Samples.api.id, environmentId: Samples.production.id, name: "files",
            mountPath: "/data", createdAt: Samples.time)
        switch (words[0], path) {
        case ("GET", "/api/v1/me"): return try .json(Samples.identity)
        case ("GET", "/api/v1/projects"): return try .json([Samples.shop])
        case ("POST", "/api/v1/projects"), ("GET", Self.p): return try .json(Samples.shop)
        case ("GET", Self.e): return try .json(EnvironmentOverview(environment: Samples.production, services: [Samples.entry()]))
        case ("GET", Self.s): return try .json(Samples.entry())
        case ("PATCH", _): return try .json(ServiceSettings(replicas: 3))
        case ("POST", "\(Self.p)/environments"): return try .json(Samples.staging)
        case ("POST", "\(Self.s)/deployments"): return try .json(Samples.deployment(), status: .created)
        case ("POST", "\(Self.s)/domains"): return try .json(domain)
        case ("POST", "\(Self.s)/volumes"): return try .json(volume)
        case ("GET", "\(Self.s)/domains"): return try .json([domain])
        case ("GET", "\(Self.s)/volumes"): return try .json([volume])
        case ("GET", "\(Self.s)/deployments"): return try .json(Page(items: [Samples.deployment()]))
        case ("GET", "\(Self.d)/logs"): return try .json(Page(items: [Samples.line(1, "one"), Samples.line(2, "two")]))
        case ("GET", _) where path.hasSuffix("/variables"):
            return try .json([Variable(name: "B", value: nil, isSealed: true), Variable(name: "A", value: "1")])
        case ("POST", _) where path.hasPrefix("/api/v1/deployments/"): return try .json(Samples.deployment())
        case ("DELETE", _), ("PUT", _): return .text("", status: .noContent)
        default: return nil
        }
    }
}

/// Any JSON at all.
enum AnyJSON: Codable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([AnyJSON])
    case object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([AnyJSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: AnyJSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
