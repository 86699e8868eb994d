import Builds
import Edge
import TestSupport
import Testing

@testable import Switchyard

@Suite("What a server is made of")
struct ServerTests {
    private func server(_ settings: [String: String]) throws -> Server {
        let folder = try TestFolder.make()
        defer { TestFolder.remove(folder) }
        return try Server(Configuration(environment: settings.merging(["SWITCHYARD_DATA": folder]) { $1 }))
    }

    private let ports = PortChoice(http: 80, https: 443, api: 7070)
    private let token = String(repeating: "a", count: 32)

    @Test("settings of builds reach the builder")
    func builder() throws {
        let builder = try server([
            "SWITCHYARD_REGISTRY_AUTH": "/x/auth.json", "SWITCHYARD_REGISTRIES_CONF": "/x/registries.conf",
            "SWITCHYARD_GIT_SSH_KEY": "/x/key",
            "SWITCHYARD_EXTRA_CA": "/x/ca.pem", "SWITCHYARD_ALLOW_PRIVATE_GIT": "yes", "SWITCHYARD_MIRROR_IS_FROZEN": "yes",
        ]).builderConfiguration(runtime: "runc")
        #expect(builder.registryCredentials == "/x/auth.json" && builder.registriesFile == "/x/registries.conf")
        #expect(builder.sshKeyFile == "/x/key" && builder.extraCertificateAuthority == "/x/ca.pem" && builder.runtime == "runc")
        #expect(builder.allowsPrivateAddresses && !builder.stack.checksValidUntil)
    }

    @Test("settings of the edge reach the edge, and it is asked where it listens")
    func edge() throws {
        let proxied = try server(["SWITCHYARD_TRUSTED_PROXIES": "10.0.0.0/8,fd00::1"])
        #expect(proxied.edgeConfiguration(ports, token).trustedProxies == ["10.0.0.0/8", "fd00::1"])
        #expect(proxied.edgeConfiguration(ports, token).addresses == ["0.0.0.0", "::"] && proxied.edgeLoopback == "127.0.0.1")
        let expected = ["::": "[::1]", "2001:db8::1": "[2001:db8::1]", "192.0.2.1": "192.0.2.1"]
        for (address, loopback) in expected {
            let server = try server(["SWITCHYARD_EDGE_ADDRESS": address])
            #expect(server.edgeConfiguration(ports, token).addresses == [address] && server.edgeLoopback == loopback)
        }
    }
}
