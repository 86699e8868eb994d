import FoundationEssentials
import Testing

/// What the design says of the sources, held against their text.
struct SourceRulesTests {
    /// The modules that each may import, beside its own layer's libraries. An arrow that isn't here points up or sideways.
    private static let arrows: [String: Set<String>] = [
        "CLinux": [], "CPostgres": [], "CArchive": [],
        "PostgresClient": ["CPostgres", "CLinux"],
        "ContainerEngine": [],
        "WebSocket": [],
        "Processes": ["CLinux"],
        "Archives": ["CArchive"],
        "Resources": [],
        "Kernel": ["Resources", "PostgresClient"],
        "Orchestrator": ["Resources"],
        "OrchestratorEngine": ["Orchestrator", "ContainerEngine", "Processes", "Resources"],
        "Edge": ["Processes"],
        "Accounts": ["Kernel", "Resources", "PostgresClient"],
        "Projects": ["Kernel", "Resources", "PostgresClient"],
        "Builds": ["Kernel", "Resources", "Processes", "Archives"],
        "Deployments": ["Kernel", "Resources", "Orchestrator", "PostgresClient"],
        "Monitoring": ["Kernel", "Resources", "PostgresClient"],
        "Gateway": [
            "Accounts", "Projects", "Deployments", "Monitoring", "Orchestrator", "Kernel", "Resources", "WebSocket", "PostgresClient",
        ],
        "Switchyard": [
            "Gateway", "Accounts", "Projects", "Builds", "Deployments", "Monitoring", "Orchestrator", "OrchestratorEngine", "Edge",
            "ContainerEngine", "Kernel", "Resources", "PostgresClient", "Processes",
        ],
        "Yard": ["Resources", "Archives", "WebSocket", "CLinux"],
        "switchyard-server": ["Switchyard"],
        "yard-cli": ["Yard"],
    ]

    private struct Source {
        let path: String
        let module: String
        let lines: [Substring]
    }

    private static func sources() throws -> [Source] {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Sources"
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }.map { path in
            let text = try String(contentsOfFile: root + "/" + path, encoding: .utf8)
            return Source(
                path: path, module: String(path.prefix { $0 != "/" }),
                lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    /// The module that a line imports.
    private static func imported(_ line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), index <= 2, index + 1 < words.count else { return nil }
        return String(words[index + 1])
    }

    @Test("arrows point down only: a module imports what its place in the design allows")
    func arrowsPointDown() throws {
        let own = Set(Self.arrows.keys)
        for source in try Self.sources() {
            let allowed = try #require(Self.arrows[source.module], "\(source.module) has no place in the design")
            for module in source.lines.compactMap(Self.imported) where own.contains(module) {
                #expect(allowed.contains(module), "\(source.path) imports \(module)")
            }
        }
    }

    @Test("nothing imports the whole of Foundation: it adds 40 MB to every program")
    func foundationStaysOut() throws {
        for source in try Self.sources() {
            #expect(!source.lines.compactMap(Self.imported).contains("Foundation"), "\(source.path)")
        }
    }

    @Test("no panic on what comes from outside, and no shell")
    func noPanicAndNoShell() throws {
        for source in try Self.sources() {
            for (number, line) in source.lines.enumerated() where !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") {
                for word in ["try!", "as!", "fatalError(", "preconditionFailure("] {
                    #expect(!line.contains(word), "\(source.path):\(number + 1) says \(word)")
                }
                #expect(
                    !line.contains("Command(\"/bin/sh\"") && !line.contains("Command(\"sh\""), "\(source.path):\(number + 1) runs a shell")
            }
        }
    }

    @Test("a file holds one idea: at most 450 lines")
    func filesAreShort() throws {
        for source in try Self.sources() {
            #expect(source.lines.count <= 451, "\(source.path) has \(source.lines.count - 1) lines")
        }
    }
}
