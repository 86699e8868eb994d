import ContainerEngine
import TestSupport
import Testing

@Suite("A client of a real engine", .serialized, .timeLimit(.minutes(2)))
struct EngineClientTests {
    private let label = ["switchyard.instance": TestEngine.instance]

    @Test("it says what it is")
    func information() async throws {
        let client = try await TestEngine.shared().client
        try await client.ping()
        #expect(!client.version.version.isEmpty)
        let information = try await client.information()
        #expect(information.processors > 0 && information.memory > 0)
    }

    @Test("a socket without an engine is unreachable")
    func noEngine() async throws {
        await #expect {
            _ = try await EngineClient.connect(socketPath: "/tmp/\(TestEngine.instance)-nobody.sock")
        } throws: {
            ($0 as? EngineError)?.code == .unreachable
        }
    }

    @Test("a container lives its life: created, started, waited for, removed twice")
    func life() async throws {
        let client = try await TestEngine.shared().client
        let name = "\(TestEngine.instance)-life"
        var specification = ContainerSpecification(image: TestImage.reference)
        specification.command = ["sh", "-c", "exit 3"]
        specification.labels = label
        specification.limits = [.init(name: "nofile", value: 1024), .init(name: "nproc", value: 1024)]
        let id = try await client.createContainer(name: name, specification)
        #expect(try await client.container(name).state.status == "created")
        await #expect { _ = try await client.createContainer(name: name, specification) } throws: {
            ($0 as? EngineError)?.code == .conflict
        }

        try await client.startContainer(id)
        #expect(try await client.waitForContainer(id) == 3)
        let details = try await client.container(id)
        #expect(details.state.exitCode == 3 && !details.state.isRunning)
        #expect(try await client.containers(.labels(label)).contains { $0.id == id && $0.names == ["/" + name] })

        await #expect { try await client.killContainer(id, signal: "SIGTERM") } throws: { ($0 as? EngineError)?.code == .conflict }
        try await client.removeContainer(id)
        try await client.removeContainer(id)
        await #expect { _ = try await client.container(id) } throws: { ($0 as? EngineError)?.code == .notFound }
    }

    @Test("images are found, tagged, listed by label and untagged")
    func images() async throws {
        let client = try await TestEngine.shared().client
        let image = try await client.image(TestImage.reference)
        #expect(image.configuration?.command == ["/bin/sleep", "1000000"])
        #expect(image.configuration?.exposedPorts?.keys.first == "8080/tcp")
        let repository = "localhost/switchyard-test/\(TestEngine.instance)"
        try await client.tag(image.id, repository: repository, tag: "one")
        #expect(try await client.image("\(repository):one").id == image.id)
        #expect(
            try await client.images(.labels(["switchyard.instance": "stolen"])).contains { $0.tags?.contains("\(repository):one") == true })
        try await client.removeImage("\(repository):one")
        try await client.removeImage("\(repository):one")
        #expect(try await client.image(TestImage.reference).id == image.id)
        await #expect { _ = try await client.image("\(repository):one") } throws: { ($0 as? EngineError)?.code == .notFound }
    }

    @Test("a registry that can't be reached ends the pull with its reason")
    func failedPull() async throws {
        let client = try await TestEngine.shared().client
        var reason: String?
        do {
            let login = RegistryLogin(username: "somebody", password: "secret")
            for try await line in try await client.pull("127.0.0.1:1/nothing/here:latest", login: login) { reason = line.error ?? reason }
        } catch let error as EngineError {
            reason = error.message
        }
        #expect(reason?.contains("127.0.0.1:1") == true)
        #expect(reason?.contains("secret") == false)
    }

    @Test("networks and volumes: a name is taken once, and removed twice without complaint")
    func networksAndVolumes() async throws {
        let client = try await TestEngine.shared().client
        let name = "\(TestEngine.instance)-thing"
        try await client.createNetwork(name, labels: label)
        await #expect { try await client.createNetwork(name, labels: label) } throws: { ($0 as? EngineError)?.code == .conflict }
        #expect(try await client.networks(.labels(label)).contains { $0.name == name })
        #expect(try await client.network(name).labels == label)
        try await client.removeNetwork(name)
        try await client.removeNetwork(name)

        try await client.createVolume(name, labels: label)
        try await client.createVolume(name, labels: label)
        #expect(try await client.volumes(.labels(label)).contains { $0.name == name })
        #expect(try await client.volume(name).path?.isEmpty == false)
        try await client.removeVolume(name)
        try await client.removeVolume(name)
    }

    @Test(
        "a path that could become another mount is refused",
        arguments: ["data", "/", "/a,src=/etc", "/a:ro", "/a\"b", "/../etc", "/a\nb", ""])
    func refusedMounts(path: String) async throws {
        let client = try await TestEngine.shared().client
        var specification = ContainerSpecification(image: TestImage.reference)
        specification.mounts = [.init(volume: "\(TestEngine.instance)-mount", path: path)]
        await #expect { _ = try await client.createContainer(name: "\(TestEngine.instance)-mount", specification) } throws: {
            ($0 as? EngineError)?.code == .invalid
        }
    }

    @Test("names that aren't names are refused before anything is sent", arguments: ["../images/x", "a/b", "", "a?force=1", "a\0"])
    func refusedNames(name: String) async throws {
        let client = try await TestEngine.shared().client
        let isInvalid: @Sendable (any Error) -> Bool = { ($0 as? EngineError)?.code == .invalid }
        await #expect { try await client.removeContainer(name) } throws: { isInvalid($0) }
        await #expect { try await client.removeNetwork(name) } throws: { isInvalid($0) }
        await #expect { try await client.removeVolume(name) } throws: { isInvalid($0) }
        await #expect { try await client.createNetwork(name, labels: label) } throws: { isInvalid($0) }
        await #expect { try await client.createVolume(name, labels: label) } throws: { isInvalid($0) }
        await #expect { _ = try await client.exec(name) } throws: { isInvalid($0) }
    }

    @Test("a terminal that isn't there refuses to start")
    func missingExec() async throws {
        let client = try await TestEngine.shared().client
        await #expect {
            try await client.startExec("0123456789abcdef", columns: 80, rows: 24) { _ in }
        } throws: {
            ($0 as? EngineError)?.code == .notFound
        }
    }
}
