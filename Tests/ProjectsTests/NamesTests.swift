import Kernel
import Testing

@testable import Projects

@Suite struct NamesTests {
    @Test(
        "a DNS label of 1 to 40 characters is a name", arguments: ["a", "web", "my-app-2", "a--b", "x9", String(repeating: "a", count: 40)])
    func valid(name: String) throws {
        try Names.validate(name, of: "service")
    }

    @Test("what is no DNS label is refused")
    func invalid() throws {
        for name in ["", "9a", "-a", "a-", "A", "a_b", "a.b", "xn--a", String(repeating: "a", count: 41)] + Hostile.texts {
            let error = #expect(throws: SwitchyardError.self) { try Names.validate(name, of: "service") }
            #expect(error?.code == "NAME_INVALID")
            #expect(error?.hint != nil)
            #expect(error?.message.utf8.allSatisfy { (0x20...0x7E).contains($0) } == true)
            #expect((error?.message.utf8.count ?? 0) < 1000)
        }
    }

    @Test("the hint names the nearest valid name", arguments: [("My App", "my-app"), ("web_1", "web-1"), ("9lives", "lives")])
    func suggestion(name: String, nearest: String) throws {
        let error = #expect(throws: SwitchyardError.self) { try Names.validate(name, of: "service") }
        #expect(error?.hint == "try \(nearest)")
    }
}
