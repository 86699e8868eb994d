import FoundationEssentials
import Testing

@testable import Edge

@Suite struct ValueTests {
    @Test("hosts come into one form or are refused")
    func hosts() throws {
        #expect(try Route(host: "API.Example.COM.", endpoints: []).host == "api.example.com")
        #expect(try Route(host: "*.example.com", endpoints: []).host == "*.example.com")
        let bad = [
            "", ".", "*", "*.", "a..b", "-a.com", "a-.com", "a b", "a/b", "a:80", "é.com", "a\n", "a\0b", "a.*.com", "**.com", "[::1]",
            String(repeating: "a", count: 64), String(repeating: "a.", count: 130) + "a",
        ]
        for host in bad {
            #expect(throws: EdgeError.self, "\(host)") { try Route(host: host, endpoints: []) }
        }
    }

    @Test("an endpoint is an IP address and a port")
    func endpoints() throws {
        #expect(try Endpoint(address: "FD00:0::7", port: 1).authority == "[fd00::7]:1")
        for address in ["localhost", "", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "::ffff:1.2.3.4", "fe80::1%eth0", "1.2.3.4\0"] {
            #expect(throws: EdgeError.self, "\(address)") { try Endpoint(address: address, port: 80) }
        }
        for port in [0, -1, 65536] {
            #expect(throws: EdgeError.self) { try Endpoint(address: "127.0.0.1", port: port) }
        }
        #expect(throws: EdgeError.self) { try Endpoint(address: "127.0.0.1", port: 80, deployment: "a\"b") }
    }

    @Test("two routes for one host are no table")
    func tables() throws {
        #expect(throws: EdgeError.self) { try RouteTable([Route(host: "a.test", endpoints: []), Route(host: "A.test.", endpoints: [])]) }
    }

    @Test("a route survives being written and read")
    func coding() throws {
        let route = try Route(
            host: "a.test", endpoints: [Endpoint(address: "::1", port: 80, deployment: "d")], redirect: true, service: "s")
        #expect(try JSONDecoder().decode(Route.self, from: JSONEncoder().encode(route)) == route)
        #expect(throws: EdgeError.self) { try JSONDecoder().decode(Route.self, from: Data(#"{"host":"a b","endpoints":[]}"#.utf8)) }
    }
}
