import FoundationEssentials
import Kernel
import Orchestrator
import Testing

@testable import Switchyard

@Suite("Logins at registries")
struct RegistryLoginsTests {
    private func logins(_ auths: [String: String]) throws -> RegistryLogins {
        let entries = auths.map { #""\#($0)":{"auth":"\#(Data($1.utf8).base64EncodedString())"}"# }
        return try RegistryLogins(Data(#"{"auths":{\#(entries.joined(separator: ","))}}"#.utf8), file: "auth.json")
    }

    @Test("the longest path that an image is below counts, and a registry only for its own images")
    func longestPath() throws {
        let logins = try logins([
            "registry.example": "host:1", "registry.example/team": "team:2", "registry.example/team/app": "app:3:x",
            "registry.example:5000": "port:4", "docker.io": "hub:5",
        ])
        let expected = [
            "registry.example/other/app:1": "host", "registry.example/team/web": "team", "registry.example/team/app@sha256:00": "app",
            "registry.example/team/app:v1": "app", "registry.example/team/app2": "team", "registry.example/teams/app": "host",
            "registry.example:5000/team/app": "port", "nginx": "hub", "nginx:1.27": "hub", "library/nginx": "hub",
            "docker.io/team/app": "hub", "index.docker.io/team/app": "hub",
        ]
        for (image, user) in expected { #expect(logins.credentials(for: image)?.username == user, "\(image)") }
        #expect(logins.credentials(for: "registry.example/team/app")?.password == "3:x")
        for image in ["evil.registry.example/a", "registry.example.evil/a", "localhost/a", "quay.io/a/b"] {
            #expect(logins.credentials(for: image) == nil)
        }
    }

    @Test("what docker login writes for Docker Hub and others is understood")
    func dockerURLs() throws {
        let logins = try logins(["https://index.docker.io/v1/": "hub:1", "https://registry.example/v2/": "url:2"])
        #expect(logins.credentials(for: "redis:7")?.username == "hub")
        #expect(logins.credentials(for: "registry.example/a/b:1")?.username == "url")
    }

    @Test("a file without passwords says so: credential helpers can't be asked here")
    func helpers() throws {
        for text in [#"{"credsStore":"secretservice"}"#, #"{"credHelpers":{"gcr.io":"gcloud"}}"#, #"{"auths":{"a.example":{}}}"#, "what"] {
            #expect {
                _ = try RegistryLogins(Data(text.utf8), file: "auth.json")
            } throws: {
                ($0 as? SwitchyardError)?.code == "CONFIGURATION_INVALID" && ($0 as? SwitchyardError)?.hint != nil
            }
        }
        #expect(try RegistryLogins(Data("{}".utf8), file: "auth.json").credentials(for: "a.example/b") == nil)
        #expect(throws: SwitchyardError.self) { _ = try RegistryLogins(file: "/nowhere/auth.json") }
    }
}
