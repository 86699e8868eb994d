import Testing

@testable import Builds

@Suite("TOMLParser")
struct TOMLParserTests {
    @Test("values of every kind are read")
    func readsValues() throws {
        let root = try TOMLParser.parse(
            #"""
            # a comment
            title = "a \"b\" \u00e9\t"   # behind a value
            literal = 'C:\no\escape'
            integer = 1_000
            negative = -17
            hexadecimal = 0xFF
            float = 6.25e2
            yes = true
            no = false
            date = 1979-05-27T07:32:00Z
            array = [ 1, "two", [3],
              # between
              { four = 4 }, ]
            long = """
            first
            second \
               joined "quoted" """
            "quoted key" = 1
            a.b.'c d' = 2
            empty = ""
            """#)
        #expect(root["title"]?.string == "a \"b\" é\t")
        #expect(root["literal"]?.string == #"C:\no\escape"#)
        #expect(root["integer"]?.integer == 1000)
        #expect(root["negative"]?.integer == -17)
        #expect(root["hexadecimal"]?.integer == 255)
        #expect(root["float"] == .number(625))
        #expect(root["yes"]?.boolean == true && root["no"]?.boolean == false)
        #expect(root["date"]?.string == "1979-05-27T07:32:00Z")
        #expect(root["array"]?.array?.count == 4)
        #expect(root["array"]?.array?.last?["four"]?.integer == 4)
        #expect(root["long"]?.string == "first\nsecond joined \"quoted\" ")
        #expect(root["quoted key"]?.integer == 1)
        #expect(root["a"]?["b"]?["c d"]?.integer == 2)
        #expect(root["empty"]?.string == "")
    }

    @Test("tables, dotted tables and arrays of tables are put together")
    func readsTables() throws {
        let root = try TOMLParser.parse(
            """
            [project]
            name = "x"
            [project.scripts]
            run = "x:main"
            [[package]]
            name = "a"
            [package.source]
            registry = "r"
            [[package]]
            name = "b"
            dependencies = [ { name = "a" } ]
            [tool.poetry.dependencies]
            python = "^3.11"
            """)
        #expect(root["project"]?["scripts"]?["run"]?.string == "x:main")
        #expect(root["package"]?.array?.count == 2)
        #expect(root["package"]?.array?[0]["source"]?["registry"]?.string == "r")
        #expect(root["package"]?.array?[1]["dependencies"]?.array?[0]["name"]?.string == "a")
        #expect(root["tool"]?["poetry"]?["dependencies"]?.keys == ["python"])
    }

    @Test(
        "what is no TOML is refused with its line",
        arguments: [
            ("a = ", 1), ("\na", 2), ("a = \"x", 1), ("[a", 1), ("a = [1, 2", 1), ("a = {b = 1", 1), ("a = 1\na = 2", 2),
            ("a = \"\\q\"", 1),
            ("a = nonsense", 1), ("= 1", 1), ("a = 1 b = 2", 1), ("a = 1\n[a]", 2), ("a = \"x\ny\"", 1),
        ])
    func refuses(text: String, line: Int) {
        let error = #expect(throws: ManifestError.self) { try TOMLParser.parse(text) }
        #expect(error?.line == line)
    }

    @Test("deep nesting ends in an error and not in a crash")
    func limitsDepth() {
        #expect(throws: ManifestError.self) { try TOMLParser.parse("a = " + String(repeating: "[", count: 100_000)) }
        #expect(throws: ManifestError.self) { try TOMLParser.parse(String(repeating: "a.", count: 1000) + "b = 1") }
    }

    @Test("JSON is read leniently")
    func readsJSON() throws {
        let root = try ManifestValue(json: #"{"a": {"b": [1, "x", null, true]}, "n": 2.5}"#)
        #expect(root["a"]?["b"]?.strings == ["x"])
        #expect(root["a"]?["b"]?.array?.count == 4)
        #expect(root["n"]?.integer == nil)
        #expect(root["a"]?.string == nil)
        #expect(throws: ManifestError.self) { try ManifestValue(json: "{") }
    }
}
