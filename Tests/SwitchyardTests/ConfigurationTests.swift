import FoundationEssentials
import Kernel
import OrchestratorEngine
import TestSupport
import Testing

@testable import Switchyard

@Suite("Settings")
struct ConfigurationTests {
    private func inFolder<Value>(_ lines: String? = nil, _ body: (String) throws -> Value) throws -> Value {
        let folder = try TestFolder.make()
        defer { TestFolder.remove(folder) }
        if let lines { try Data(lines.utf8).write(to: URL(filePath: folder + "/config")) }
        return try body(folder)
    }

    private func configuration(_ settings: [String: String], file: String? = nil) throws -> Configuration {
        try inFolder(file) { folder in
            try Configuration(environment: settings.merging(["SWITCHYARD_DATA": folder]) { $1 })
        }
    }

    private func refusal(_ settings: [String: String], file: String? = nil) -> SwitchyardError? {
        do {
            _ = try configuration(settings, file: file)
            return nil
        } catch {
            return error as? SwitchyardError
        }
    }

    @Test("the environment wins over the file, and what is set nowhere has its default")
    func precedence() throws {
        let read = try configuration(
            ["SWITCHYARD_API_PORT": "7001"], file: "# mine\nSWITCHYARD_API_PORT=7000\n\n SWITCHYARD_HTTP_PORT=8000\nOTHER=1\n")
        #expect(read.apiPort == 7001 && read.httpPort == 8000 && read.httpsPort == nil)
        #expect(read.apiAddress == "127.0.0.1" && read.edgeAddress == "0.0.0.0" && read.trustedProxies == [])
        #expect(read.checksMirrorDates && !read.allowsPrivateGit)
    }

    @Test(
        "a value that a setting can't have is refused by name",
        arguments: [
            ("SWITCHYARD_API_ADDRESS", "10.0.0.1"), ("SWITCHYARD_API_ADDRESS", "localhost"), ("SWITCHYARD_EDGE_ADDRESS", "localhost"),
            ("SWITCHYARD_EDGE_ADDRESS", "1.2.3"), ("SWITCHYARD_EDGE_ADDRESS", "::ffff:10.0.0.1"), ("SWITCHYARD_MIRROR_IS_FROZEN", "true"),
            ("SWITCHYARD_ALLOW_PRIVATE_GIT", "Yes"), ("SWITCHYARD_TRUSTED_PROXIES", "10.0.0.0/33"),
            ("SWITCHYARD_TRUSTED_PROXIES", "10.0.0.1,,10.0.0.2"), ("SWITCHYARD_TRUSTED_PROXIES", "proxy.example.com"),
            ("SWITCHYARD_TRUSTED_PROXIES", "10.0.0.0/8; evil"), ("SWITCHYARD_ENGINE_SOCKET", "docker.sock"),
            ("SWITCHYARD_GIT_SSH_KEY", "id_ed25519"), ("SWITCHYARD_API_PORT", "0"), ("SWITCHYARD_BUILD_CONCURRENCY", "many"),
            ("SWITCHYARD_NAME", "Yard"), ("SWITCHYARD_BASE_DOMAIN", "a b"),
        ])
    func refused(_ name: String, _ value: String) throws {
        let error = try #require(refusal([name: value]))
        #expect(error.code == "CONFIGURATION_INVALID" && error.message.contains(name) && error.hint != nil)
    }

    @Test("addresses, networks and yes or no are taken as they are meant")
    func accepted() throws {
        let read = try configuration([
            "SWITCHYARD_API_ADDRESS": "0.0.0.0", "SWITCHYARD_EDGE_ADDRESS": "2001:db8::1",
            "SWITCHYARD_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1,fd00::/8", "SWITCHYARD_MIRROR_IS_FROZEN": "yes",
            "SWITCHYARD_ALLOW_PRIVATE_GIT": "no", "SWITCHYARD_ENGINE_SOCKET": "own",
        ])
        #expect(read.apiAddress == "0.0.0.0" && read.edgeAddress == "2001:db8::1")
        #expect(read.trustedProxies == ["10.0.0.0/8", "192.0.2.1", "fd00::/8"])
        #expect(!read.checksMirrorDates && !read.allowsPrivateGit && read.engine == .ownPodman)
        #expect(try configuration(["SWITCHYARD_ENGINE_SOCKET": "/run/x.sock"]).engine == .socket("/run/x.sock"))
    }

    @Test("a misspelt name in the file is refused with the one that was meant; in the environment it is somebody else's")
    func misspelt() throws {
        let error = try #require(refusal([:], file: "SWITCHYARD_BUILD_TIMOUT=5\n"))
        #expect(error.code == "CONFIGURATION_INVALID" && error.message.contains("SWITCHYARD_BUILD_TIMOUT"))
        #expect(error.hint?.contains("SWITCHYARD_BUILD_TIMEOUT") == true)
        #expect(refusal([:], file: "SWITCHYARD_DATA=/elsewhere\n")?.code == "CONFIGURATION_INVALID")
        #expect(refusal([:], file: "what\n")?.message.contains("line 1") == true)
        #expect(refusal(["SWITCHYARD_URL": "http://x", "SWITCHYARD_TOKEN": "t"]) == nil)
    }

    @Test("settings of a start's environment are written down beside what is there, for its owner's eyes only")
    func writesEnvironmentDown() throws {
        try inFolder("# ports\nSWITCHYARD_API_PORT=7000\nSWITCHYARD_MIRROR=http://old/debian\nMINE=1\n") { folder in
            let environment = [
                "SWITCHYARD_DATA": folder, "SWITCHYARD_API_PORT": "7001", "SWITCHYARD_MIRROR": "", "DATABASE_URL": "postgres://a:b=c@d/e",
                "SWITCHYARD_TOKEN": "secret", "PATH": "/bin",
            ]
            let written = try EnvironmentSettings.writeDown(environment, data: folder)
            #expect(written == ["DATABASE_URL", "SWITCHYARD_API_PORT", "SWITCHYARD_MIRROR"])
            let text = try String(contentsOfFile: folder + "/config", encoding: .utf8)
            #expect(text == "# ports\nSWITCHYARD_API_PORT=7001\nMINE=1\nDATABASE_URL=postgres://a:b=c@d/e\n")
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/config")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try EnvironmentSettings.writeDown(environment, data: folder) == [])
            // Without that environment, it is the same.
            let read = try Configuration(environment: ["SWITCHYARD_DATA": folder])
            #expect(read.apiPort == 7001 && read.mirror == nil && read.databaseURL == "postgres://a:b=c@d/e")
        }
        #expect(throws: SwitchyardError.self) {
            try inFolder { try EnvironmentSettings.writeDown(["SWITCHYARD_MIRROR": "a\nSWITCHYARD_NAME=b"], data: $0) }
        }
    }

    @Test("files that settings name are looked at: an SSH key that others can read, logins with a helper")
    func files() throws {
        try inFolder { folder in
            func problems(_ settings: [String: String]) throws -> [String] {
                try SettingFiles.problems(Configuration(environment: settings.merging(["SWITCHYARD_DATA": folder]) { $1 })).map(\.message)
            }
            func file(_ name: String, _ text: String, _ mode: Int) throws -> String {
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(name)")
                return "\(folder)/\(name)"
            }
            #expect(try problems([:]) == [])
            #expect(try problems(["SWITCHYARD_GIT_SSH_KEY": file("key", "k", 0o600)]) == [])
            #expect(try problems(["SWITCHYARD_GIT_SSH_KEY": file("open", "k", 0o640)]).count == 1)
            #expect(try problems(["SWITCHYARD_GIT_SSH_KEY": "/nowhere/key"]).first?.contains("SWITCHYARD_GIT_SSH_KEY") == true)
            #expect(try problems(["SWITCHYARD_REGISTRIES_CONF": "/nowhere/conf"]).count == 1)
            #expect(try problems(["SWITCHYARD_EXTRA_CA": "/nowhere/ca"]).count == 1)
            let helper = try file("helper", #"{"auths":{"a.example":{}},"credsStore":"desktop"}"#, 0o600)
            #expect(try problems(["SWITCHYARD_REGISTRY_AUTH": helper]).first?.contains("credential helper") == true)
        }
    }
}
