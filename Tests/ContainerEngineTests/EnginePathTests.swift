import Testing

@testable import ContainerEngine

@Suite("Paths of the Engine API")
struct EnginePathTests {
    @Test("names are taken as they are, queries are percent-encoded")
    func encoding() {
        let path = EnginePath("/containers/\("swy-1.a_b")/stop").query("t", "10").query("none", nil).query("filters", #"{"a":["b=c d&e"]}"#)
        #expect(path.text == "/containers/swy-1.a_b/stop?t=10&filters=%7B%22a%22%3A%5B%22b%3Dc%20d%26e%22%5D%7D")
        #expect(path.refused == nil)
    }

    @Test("references may hold slashes, colons and digests, encoded")
    func imageReferences() {
        let path: EnginePath = "/images/\(image: "localhost:5000/team/app@sha256:00ff")/json"
        #expect(path.text == "/images/localhost%3A5000%2Fteam%2Fapp%40sha256%3A00ff/json")
        #expect(path.refused == nil)
    }

    @Test(
        "what can't be a name is refused",
        arguments: [
            "", ".", "..", "../x", "a/b", "a?b", "a#b", "a b", "a%2fb", "-a", "_a", "a\n", "a\0b", "ä", "a\r\nHost: x",
            String(repeating: "a", count: 256),
        ])
    func refusedNames(name: String) {
        let path: EnginePath = "/containers/\(name)/json"
        #expect(path.refused == name)
    }

    @Test(
        "what can't be an image is refused",
        arguments: [
            "", "/a", "a//b", "a/../b", "../a", "a/..", "-a", "a b", "a?x=y", "a;b", "$(a)", "a\nb", String(repeating: "a/", count: 400),
        ])
    func refusedReferences(reference: String) {
        let path: EnginePath = "/images/\(image: reference)/json"
        #expect(path.refused == reference)
    }
}
