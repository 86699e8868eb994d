import Kernel
import PostgresClient
import Resources
import Testing

@testable import Projects

@Suite struct VariablesTests {
    @Test("variables are kept as they were written, encrypted, and listed by name")
    func keep() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let text = "line one\nzwei \u{1F600} ${{ B }}"
        #expect(try await world.set(["B": "canary-plain", "A": text], shop, shop["web"]) == [shop["web"]])
        let listed = try await world.service.variables(world.access, shop.environment, shop["web"])
        #expect(listed == [Variable(name: "A", value: text), Variable(name: "B", value: "canary-plain")])
        #expect(try await world.service.variables(world.access, shop.environment).isEmpty)

        let database = Database(client: world.client)
        let leaks = try await database.query(
            world.access, "select 1 from variables where position(convert_to('canary', 'UTF8') in value) > 0 or octet_length(value) < 20")
        #expect(leaks.isEmpty)
        #expect(try await !world.written().contains("canary"))
        #expect(try await world.events().last == "variable.set")
    }

    @Test("a sealed value is shown to nobody, not in events, and stays sealed")
    func sealed() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        _ = try await world.set(["PASSWORD": "canary-1"], shop, shop["web"], sealed: true)
        _ = try await world.set(["URL": "db://u:${{PASSWORD}}@h", "FAR": "${{URL}}", "OPEN": "x"], shop, shop["web"])
        _ = try await world.set(["PASSWORD": "canary-2"], shop, shop["web"])
        let listed = try await world.service.variables(world.access, shop.environment, shop["web"])
        #expect(listed.first { $0.name == "PASSWORD" } == Variable(name: "PASSWORD", value: nil, isSealed: true))
        #expect(try await !world.written().contains("canary"))

        // Not for people either, nor inside of another value; but for the replica.
        let rendered = try await world.service.renderedVariables(world.access, shop.environment, shop["web"])
        #expect(rendered["OPEN"] == "x")
        #expect(rendered["PASSWORD"] == nil && rendered["URL"] == nil && rendered["FAR"] == nil)
        #expect(!rendered.values.contains { $0.contains("canary") })
        #expect(try await world.rendered(shop, shop["web"])["FAR"] == "db://u:canary-2@h")
    }

    @Test("only services that a change concerns are returned; the same value again concerns none")
    func concerned() async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: ["web", "api", "db", "idle"])
        let (web, api, db) = (shop["web"], shop["api"], shop["db"])
        #expect(try await world.set(["HOST": "h", "OTHER": "o"], shop, db) == [db])
        #expect(try await world.set(["URL": "x://${{db.HOST}}"], shop, api) == [api])
        #expect(try await world.set(["API": "${{api.URL}}"], shop, web) == [web])
        #expect(try await world.set(["HOST": "h2"], shop, db) == [db, api, web])
        #expect(try await world.set(["HOST": "h2", "OTHER": "o"], shop, db).isEmpty)
        #expect(try await world.set(["OTHER": "p"], shop, db) == [db])
        #expect(try await world.set(["S": "1"], shop, nil).isEmpty)
        #expect(try await world.set(["FROM": "${{shared.S}}"], shop, api) == [api])
        #expect(try await world.set(["S": "2"], shop, nil) == [api])
        #expect(try await world.service.removeVariable(world.access, shop.environment, db, name: "HOST") == [db, api, web])
        let count = try await world.events().count
        #expect(try await world.set(["S": "2"], shop, nil).isEmpty)
        #expect(try await world.events().count == count)
    }

    @Test("a loop is refused when it is set, with its way, and nothing changes")
    func loop() async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: ["web", "api"])
        _ = try await world.set(["A": "${{api.B}}"], shop, shop["web"])
        _ = try await world.set(["S": "${{web.A}}"], shop, nil)
        let error = await #expect(throws: SwitchyardError.self) { try await world.set(["B": "x${{shared.S}}"], shop, shop["api"]) }
        #expect(error?.code == "VARIABLE_LOOP")
        #expect(error?.message.contains("api.B -> shared.S -> web.A -> api.B") == true)
        #expect(try await world.service.variables(world.access, shop.environment, shop["api"]).isEmpty)
        #expect(try await refusal { try await world.set(["SELF": "${{SELF}}"], shop, shop["web"]) } == "VARIABLE_LOOP")
    }

    @Test("two halves of a loop that are set at once do not both land")
    func loopRace() async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: ["web", "api"])
        async let one = refusal { try await world.set(["A": "${{api.B}}"], shop, shop["web"]) }
        async let two = refusal { try await world.set(["B": "${{web.A}}"], shop, shop["api"]) }
        let outcomes = try await [one, two]
        #expect(outcomes.filter { $0 == nil }.count == 1)
        #expect(outcomes.contains("VARIABLE_LOOP"))
    }

    @Test("values that no environment can hold, or that cannot be rendered, are refused")
    func invalid() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let refused = [
            ("A", "nul\u{0}", "VALUE_INVALID"), ("A", String(repeating: "x", count: 65_537), "VALUE_TOO_LARGE"),
            ("A", String(repeating: "x", count: 10_000_000), "VALUE_TOO_LARGE"), ("A", "${{a b}}", "VARIABLE_REFERENCE_INVALID"),
            ("PORT", "http", "PORT_INVALID"), ("PORT", "0", "PORT_INVALID"), ("PORT", "", "PORT_INVALID"), ("PORT", "+80", "PORT_INVALID"),
            ("A=B", "x", "VARIABLE_NAME_INVALID"), ("1A", "x", "VARIABLE_NAME_INVALID"), ("", "x", "VARIABLE_NAME_INVALID"),
            ("A-B", "x", "VARIABLE_NAME_INVALID"), (String(repeating: "A", count: 257), "x", "VARIABLE_NAME_INVALID"),
        ]
        for (name, value, code) in refused {
            #expect(try await refusal { try await world.set([name: value, "GOOD": "x"], shop, shop["web"]) } == code)
        }
        #expect(try await world.service.variables(world.access, shop.environment, shop["web"]).isEmpty)
    }

    @Test("a service cannot have more than 1 MiB of variables")
    func total() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let large = String(repeating: "x", count: 65_000)
        let variables = Dictionary(uniqueKeysWithValues: (0..<17).map { ("V\($0)", large) })
        #expect(try await refusal { try await world.set(variables, shop, shop["web"]) } == "VALUE_TOO_LARGE")
        #expect(try await world.service.variables(world.access, shop.environment, shop["web"]).isEmpty)
    }

    @Test("renaming a service renames the references to it, sealed values too")
    func rename() async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: ["web", "api"])
        _ = try await world.set(["URL": "u"], shop, shop["api"])
        _ = try await world.set(["A": "http://${{api.URL}}/", "P": "${{ api.PORT }}"], shop, shop["web"])
        _ = try await world.set(["KEY": "${{api.URL}}!"], shop, shop["web"], sealed: true)
        _ = try await world.set(["S": "${{api.URL}}"], shop, nil)
        _ = try await world.service.renameService(world.access, shop["api"], to: "backend")
        let variables = try await world.service.variables(world.access, shop.environment, shop["web"])
        #expect(variables.map(\.value) == ["http://${{backend.URL}}/", nil, "${{backend.PORT}}"])
        let rendered = try await world.rendered(shop, shop["web"])
        #expect(rendered["A"] == "http://u/" && rendered["KEY"] == "u!" && rendered["P"] == "8080")
        #expect(try await refusal { try await world.service.renameService(world.access, shop["api"], to: "shared") } == "NAME_INVALID")
    }
}
