import Kernel
import Testing

@testable import Projects

@Suite struct HostsTests {
    private let platform = PlatformHosts(
        baseDomain: "apps.example.net", reserved: ["dashboard.example.net", "api.apps.example.net"], privateDomain: "switchyard.internal")

    @Test(
        "a host name is kept in its canonical form",
        arguments: [
            ("www.example.com", "www.example.com"), ("WWW.Example.COM.", "www.example.com"), ("*.example.com", "*.example.com"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("shop.apps.example.net", "shop.apps.example.net"),
            ("1.example.com", "1.example.com"),
        ])
    func valid(text: String, host: String) throws {
        #expect(try Hosts.normalize(text, platform: platform) == host)
    }

    @Test("what is no host name, an address, or the platform's own is refused")
    func invalid() throws {
        for text in [
            "", ".", "example", "a..b", ".example.com", "example.com..", "-a.example.com", "a-.example.com", "a_b.example.com",
            "ab--c.example.com", "b\u{FC}cher.example", "*", "*.com", "a.*.example.com", "*.*.example.com", "**.example.com",
            "127.0.0.1", "1.2.3", "0x7f.0x1", "a.0x7f", "a.127", "2130706433", "[::1]", "::1", "example.com:80", "http://example.com",
            "example.com/a", "user@example.com", "apps.example.net", "*.apps.example.net", "a.b.apps.example.net", "api.apps.example.net",
            "dashboard.example.net", "*.example.net", "web.switchyard.internal", String(repeating: "a", count: 64) + ".com",
            String(repeating: "a.", count: 127) + "com",
        ] + Hostile.texts {
            let error = #expect(throws: SwitchyardError.self) { try Hosts.normalize(text, platform: platform) }
            #expect(error?.code == "HOST_INVALID")
            #expect((error?.message.utf8.count ?? 0) < 1000)
        }
    }
}
