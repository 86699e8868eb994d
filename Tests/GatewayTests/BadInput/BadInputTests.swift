import FoundationEssentials
import NIOHTTP1
import Resources
import Testing

@testable import Gateway

/// Each family of bad text on every field of every operation: walked from the operations' own declarations, so that a new one is walked
/// as well. What is never right in a field is refused with a stable code, and changes nothing; what is right comes back byte for byte.
@Suite(.timeLimit(.minutes(5)))
struct BadInputTests {
    private struct Name: Hashable, Comparable, CustomStringConvertible {
        let operation: String
        let field: String
        var description: String { operation + " " + field }

        static func < (left: Self, right: Self) -> Bool { left.description < right.description }
    }

    @Test("every field that an operation's body takes has its line in the table of rules, and no line is left over")
    func complete() async throws {
        let operations = try await TestGateway.shared.value.operations
        var taken: [Name: FieldProbe.Kind] = [:]
        for operation in operations {
            guard let input = operation.input else { continue }
            let fields = FieldProbe.fields(of: input)
            #expect(!fields.isEmpty, "\(operation.name)")
            for (field, kind) in fields { taken[Name(operation: operation.name, field: field)] = kind }
        }
        let ruled = FieldRules.all.map { Name(operation: $0.operation, field: $0.field) }
        #expect(taken.keys.sorted() == ruled.sorted())
        for rule in FieldRules.all {
            let kind = taken[Name(operation: rule.operation, field: rule.field)]
            let takesText = kind == .text || kind == .names || kind == .values
            #expect(takesText == (rule.code != "BODY_INVALID"), "\(rule.operation) \(rule.field)")
            #expect(rule.places.allSatisfy { $0.legitimate.isSubset(of: BadText.names) })
            #expect(rule.places.allSatisfy { $0.legitimate.isEmpty } || rule.readBack != nil)
        }
    }

    @Test(
        "a field refuses what it can't take with its code and changes nothing, and gives back what it can byte for byte",
        arguments: FieldRules.all.map { [$0.operation, $0.field] })
    func walk(name: [String]) async throws {
        let gateway = try await TestGateway.shared.value
        let rule = try #require(FieldRules.all.first { [$0.operation, $0.field] == name })
        let operation = try #require(gateway.operations.first { $0.name == rule.operation })
        let project = try await gateway.makeProject()
        func send(_ json: String) async throws -> Answer {
            try await gateway.send(operation, to: project, json: rule.body(json))
        }
        let before = try await gateway.state(of: project)
        for place in rule.places {
            for family in BadText.families where !place.legitimate.contains(family.name) {
                let isAlone = place.before.isEmpty && place.after.isEmpty
                // What stands around nothing is right.
                if !isAlone, family.name == "empty" || family.name == "huge" { continue }
                if isAlone, rule.resets.contains(family.name) { continue }
                let answer = try await send(isAlone ? family.json : JSONText.quoted(place.before + family.text + place.after))
                let (status, code) = rule.refusal(of: family.name)
                let what = Comment(rawValue: "\(place.before)…\(place.after) \(family.name): \(answer.status) \(answer.text.prefix(300))")
                #expect(answer.status == status && answer.code == code, what)
                try expectProblem(answer, what)
            }
        }
        for wrong in ["1.5", "true", "[]", "{}", "[\"a\"]"] where !rule.field.hasSuffix("{name}") {
            let isRight = rule.code == "BODY_INVALID" && (wrong == "1.5" && rule.field == "cpuLimit" || wrong == "true" && rule.takesFlag)
            guard !isRight else { continue }
            let answer = try await send(wrong)
            let what = Comment(rawValue: "\(wrong): \(answer.status) \(answer.text.prefix(300))")
            #expect(answer.status == 400 && answer.code == "BODY_INVALID", what)
            try expectProblem(answer, what)
        }
        #expect(try await gateway.state(of: project) == before)

        for place in rule.places {
            for family in BadText.families where place.legitimate.contains(family.name) {
                let text = place.before + family.text + place.after
                let answer = try await send(JSONText.quoted(text))
                #expect(answer.status < 300, "\(family.name): \(answer.text.prefix(300))")
                let back = try rule.readBack?(answer)
                // Texts that are equal may have different bytes.
                #expect(back.map { Array($0.utf8) } == Array(text.utf8), "\(family.name) came back as \(back ?? "nothing")")
            }
        }
        for family in BadText.families where rule.resets.contains(family.name) {
            let answer = try await send(family.json)
            #expect(answer.status < 300)
            #expect(try rule.readBack?(answer) == nil)
        }
        #expect(!FileManager.default.fileExists(atPath: BadText.canary))
    }

    @Test("a body that isn't what is expected is refused by every operation that takes one, and changes nothing")
    func bodies() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let before = try await gateway.state(of: project)
        let deep = 100_000
        let wrong: [(body: [UInt8], code: String)] =
            [
                ("", "BODY_INVALID"), ("not JSON", "BODY_INVALID"), ("{", "BODY_INVALID"), ("[]", "BODY_INVALID"), ("null", "BODY_INVALID"),
                ("\"x\"", "BODY_INVALID"), ("1e400", "BODY_INVALID"), (String(repeating: "[", count: deep), "BODY_INVALID"),
                (String(repeating: "{\"a\":", count: deep), "BODY_INVALID"), ("{\"a\":1,\"a\":1}", "DUPLICATE_FIELD"),
                ("{\"nonsense\":1}", "UNKNOWN_FIELD"), ("{\"\":1}", "UNKNOWN_FIELD"), ("{\"__proto__\":{}}", "UNKNOWN_FIELD"),
            ].map { (Array($0.0.utf8), $0.1) } + [(Array("{\"name\":\"".utf8) + [0xFF] + Array("\"}".utf8), "BODY_INVALID")]
        for operation in gateway.operations where operation.input != nil {
            for (body, code) in wrong {
                let answer = try await gateway.send(operation, to: project, headers: [("Content-Type", "application/json")], body: body)
                let what = Comment(
                    rawValue: "\(operation.name) \(String(decoding: body.prefix(40), as: UTF8.self)): \(answer.text.prefix(300))")
                #expect(answer.status == 400 && answer.code == code, what)
                try expectProblem(answer, what)
            }
            for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
                let answer = try await gateway.send(operation, to: project, headers: [("Content-Type", type)], body: Array("{}".utf8))
                #expect(answer.status == 400 && answer.code == "CONTENT_TYPE_UNSUPPORTED", "\(operation.name): \(answer.text)")
                try expectProblem(answer, "\(operation.name)")
            }
        }
        #expect(try await gateway.state(of: project) == before)
    }

    @Test("a misspelt field is refused, and the hint names the one that was meant")
    func misspelt() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let before = try await gateway.state(of: project)
        for rule in FieldRules.all where !rule.field.hasSuffix("{value}") {
            let operation = try #require(gateway.operations.first { $0.name == rule.operation })
            let path = rule.field.replacing("{name}", with: "").split(separator: ".").map(String.init)
            let name = try #require(path.last)
            let slip = String(name.dropLast())
            let json = rule.body("\"x\"").replacing("\"\(name)\":", with: "\"\(slip)\":")
            let answer = try await gateway.send(operation, to: project, json: json)
            #expect(answer.code == "UNKNOWN_FIELD", "\(json): \(answer.text)")
            let problem = try answer.decode(Problem.self)
            #expect(problem.message.contains((path.dropLast() + [slip]).joined(separator: ".")), "\(problem)")
            #expect(problem.hint == "did you mean \(name)?", "\(json): \(problem)")
        }
        #expect(try await gateway.state(of: project) == before)
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
        try expectProblem(answer, "\(body)")
        for port in ["0", "-1", "65536", "70000"] {
            let answer = try await gateway.send(
                .POST, project.instance + "/domains", token: gateway.home.owner, json: "{\"targetPort\":\(port)}")
            #expect(answer.status == 400 && answer.code == "PORT_INVALID")
        }
    }
}

extension FieldRule {
    fileprivate var takesFlag: Bool { ["isPublic", "sealed", "redeploy"].contains(field) }
}
