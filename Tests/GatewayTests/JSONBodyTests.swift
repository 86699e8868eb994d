import NIOHTTP1
import Resources
import Testing

@testable import Gateway

/// Bodies that are wrong in every way that bodies can be.
@Suite(.timeLimit(.minutes(4)))
struct JSONBodyTests {
    @Test(
        "a body that isn't the JSON that is expected is refused, and the answer says what is wrong",
        arguments: [
            ("", "empty"), ("{", "not JSON"), ("nonsense", "not JSON"), ("{\"name\":\"a\"}}", "not JSON"), ("{'name':'a'}", "not JSON"),
            ("{\"name\":\"a\"", "not JSON"), ("[]", "(the whole body)"), ("null", ""), ("\"x\"", ""), ("{}", "field name is missing"),
            ("{\"name\":null}", "name"), ("{\"name\":1}", "field name is not a string"),
            ("{\"name\":[\"a\"]}", "field name is not a string"),
            ("{\"name\":{}}", "field name is not a string"), ("{\"name\":\"a\\u0000b\"}", "NUL"), ("{\"name\":\"\\ud800\"}", "not JSON"),
            ("{\"name\":\"\\udc00\\ud800\"}", "not JSON"), ("{\"name\":\"a\nb\"}", "not JSON"), ("{\"name\":1e400}", ""),
            ("{\"name\":\"\\x41\"}", "not JSON"), ("\u{FEFF}{\"name\":\"-\"}", ""), (String(repeating: "[", count: 100_000), "nested"),
            (String(repeating: "{\"a\":", count: 100_000), "nested"),
        ])
    func wrong(body: String, expected: String) async throws {
        let gateway = try await TestGateway.shared.value
        let answer = try await gateway.send(.POST, "/projects", token: gateway.home.owner, json: body)
        #expect(answer.status == 400, "\(answer.text)")
        let problem = try answer.decode(Problem.self)
        #expect(["BODY_INVALID", "NAME_INVALID"].contains(problem.code))
        #expect(problem.message.contains(expected), "\(problem.message)")
    }

    @Test(
        "bytes that aren't UTF-8 are refused",
        arguments: [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) async throws {
        let gateway = try await TestGateway.shared.value
        let body = Array("{\"name\":\"".utf8) + bytes + Array("\"}".utf8)
        let answer = try await gateway.send(
            .POST, "/projects", token: gateway.home.owner, headers: [("Content-Type", "application/json")], body: body)
        #expect(answer.status == 400)
        #expect(answer.code == "BODY_INVALID")
    }

    @Test(
        "a body of another type is refused by that",
        arguments: [
            nil, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "\u{1F600}",
        ])
    func contentType(type: String?) async throws {
        let gateway = try await TestGateway.shared.value
        let answer = try await gateway.send(
            .POST, "/projects", token: gateway.home.owner, headers: type.map { [("Content-Type", $0)] } ?? [], body: Array("{}".utf8))
        #expect(answer.status == 400)
        #expect(answer.code == "CONTENT_TYPE_UNSUPPORTED")
    }

    @Test("parameters of the type don't matter")
    func charset() async throws {
        let gateway = try await TestGateway.shared.value
        let answer = try await gateway.send(
            .POST, "/projects", token: gateway.home.owner, headers: [("Content-Type", "Application/JSON; charset=utf-8")],
            body: Array("{\"name\":\"Not a name\"}".utf8))
        #expect(answer.code == "NAME_INVALID")
    }

    @Test("a body over the limit is refused with 413")
    func tooLarge() async throws {
        let gateway = try await TestGateway.shared.value
        let body = "{\"name\":\"" + String(repeating: "a", count: 1 << 20) + "\"}"
        let answer = try await gateway.send(.POST, "/projects", token: gateway.home.owner, json: body)
        #expect(answer.status == 413)
        #expect(answer.code == "BODY_TOO_LARGE")
    }

    @Test("escaped backslashes before u0000 are text, not a NUL")
    func escapedEscape() throws {
        try JSONGuard.check(Array("{\"a\":\"\\\\u0000\"}".utf8))
        #expect(throws: JSONGuard.Refusal.self) { try JSONGuard.check(Array("{\"a\":\"\\\\\\u0000\"}".utf8)) }
    }

    @Test("brackets in strings don't count as nesting")
    func bracketsInStrings() throws {
        try JSONGuard.check(Array("[\"\(String(repeating: "[{", count: 1000))\"]".utf8))
    }

    @Test("percent escapes are resolved, and broken ones refused")
    func percentEncoding() {
        #expect(PercentEncoding.decode("a%20b%C3%A9") == "a b\u{E9}")
        for broken in ["%", "%4", "%zz", "%ff", "%ed%a0%80"] {
            #expect(PercentEncoding.decode(broken) == nil)
        }
    }
}
