import Kernel
import Testing

@testable import Builds

@Suite("AddressPolicy")
struct AddressPolicyTests {
    @Test(
        "private, loopback and link-local addresses are refused in whatever form",
        arguments: [
            "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0x7f000001", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "[::1]", "::1", "::", "fe80::1",
            "fc00::1", "fd00:ec2::254",
            "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:7f00:1",
        ])
    func refuses(host: String) async {
        let error = await #expect(throws: SwitchyardError.self) {
            try await AddressPolicy(allowsPrivateAddresses: false).addresses(of: host)
        }
        #expect(error?.code == "ADDRESS_FORBIDDEN")
    }

    @Test(
        "public addresses are taken",
        arguments: ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "192.0.1.1", "198.20.0.1"])
    func takes(host: String) async throws {
        #expect(try await AddressPolicy(allowsPrivateAddresses: false).addresses(of: host).count == 1)
    }

    @Test("the operator can allow private ones")
    func allows() async throws {
        #expect(try await AddressPolicy(allowsPrivateAddresses: true).addresses(of: "127.0.0.1") == ["127.0.0.1"])
    }

    @Test("a name without an address is an error of its own")
    func reportsUnknownHosts() async {
        let error = await #expect(throws: SwitchyardError.self) {
            try await AddressPolicy(allowsPrivateAddresses: false).addresses(of: "nothing.invalid")
        }
        #expect(error?.code == "HOST_NOT_FOUND")
    }
}
