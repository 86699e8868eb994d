import Processes
import Resources
import Testing

@Suite(.serialized)
struct FeatureTests {
    @Test("services share variables by reference, keep sealed ones to themselves and reach each other by name")
    func servicesUseEachOther() async throws {
        try await TestPlatform.with { platform in
            let api = try Application("api", in: platform.data, answer: "'the secret has %d letters' % len(os.environ.get('SECRET', ''))")
            try await platform.yard("up", "--project", "shop", "--service", "api", in: api.folder)
            try await platform.yard("variables", "set", "NAME=Anna", "--skip-deploys", in: api.folder)
            try await platform.yard("variables", "set", "--shared", "GREETING=Hello", "--skip-deploys", in: api.folder)
            try await platform.yard("variables", "set", "--sealed", "SECRET=rosebud", in: api.folder)
            try await eventually("the change was deployed") {
                try await platform.get("api-shop.localhost").body == "the secret has 7 letters"
            }
            let listed = try await platform.yardJSON([Variable].self, "variables", "list", in: api.folder)
            #expect(Set(listed) == [Variable(name: "NAME", value: "Anna"), Variable(name: "SECRET", value: nil, isSealed: true)])
            let printed = try await platform.tryYard("run", "env", in: api.folder)
            #expect(printed.output.contains("NAME=Anna"))
            #expect(!printed.output.contains("rosebud"))

            let web = try Application(
                "web", in: platform.data, start: "import urllib.request",
                answer: "os.environ.get('TEXT', '') and os.environ['TEXT'] + urllib.request.urlopen(os.environ['API']).read().decode()")
            try await platform.yard("up", "--project", "shop", "--service", "web", in: web.folder)
            try await platform.yard(
                "variables", "set", "TEXT=${{shared.GREETING}} ${{api.NAME}}, ", "API=http://api.switchyard.internal:${{api.PORT}}/",
                in: web.folder)
            try await eventually("the change was deployed") {
                try await platform.get("web-shop.localhost").body == "Hello Anna, the secret has 7 letters"
            }
            let loop = try await platform.tryYard("variables", "set", "A=${{B}}", "B=${{A}}", in: web.folder)
            #expect(!loop.isSuccess)
        }
    }

    @Test("a volume outlives versions, logs are kept, and a service that is down says so")
    func serviceKeepsWhatItShould() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "os.path.isdir('/data')")
            try await platform.deploy(app)
            #expect(try await platform.get(app.host).body == "False")
            try await platform.yard("volume", "add", "--mount-path", "/data", in: app.folder)
            try await eventually("what runs has its volume") { try await platform.get(app.host).body == "True" }
            let start = "open('/data/starts', 'a').write('x')"
            for expected in ["x", "xx"] {
                try app.write(start: start, answer: "open('/data/starts').read()")
                try await platform.deploy(app)
                #expect(try await platform.get(app.host).body == expected)
            }
            #expect(try await platform.yard("logs", "--build", in: app.folder).isEmpty == false)
            try await eventually("the replica's line is kept") { try await platform.yard("logs", in: app.folder).contains("listening") }

            #expect(try await platform.get("nobody.localhost").status == 404)
            try await platform.yard("down", "--yes", in: app.folder)
            try await eventually("the service is down") { try await platform.get(app.host).status == 503 }
            try await eventually("no container is left") { try await platform.containers().isEmpty }
            try await platform.yard("redeploy", in: app.folder)
            #expect(try await platform.get(app.host).body == "xxx")

            try app.write(answer: "os.path.isdir('/data')")
            try await platform.deploy(app)
            try await platform.yard("volume", "remove", "web-volume", "--yes", in: app.folder)
            try await eventually("what runs has no volume") { try await platform.get(app.host).body == "False" }
            try await eventually("the volume is gone") { try await platform.volumes().isEmpty }
        }
    }
}
