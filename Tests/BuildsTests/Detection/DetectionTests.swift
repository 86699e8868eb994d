import Kernel
import Resources
import Testing

@testable import Builds

/// What detection decides in general; each language has a suite of its own.
@Suite("Detection")
struct DetectionTests {
    static func plan(_ files: [String: String], settings: ServiceSettings = ServiceSettings(), variables: [String: String] = [:]) throws
        -> Plan
    {
        try Detection(tree: SourceTree(files), settings: settings, variables: variables).plan()
    }

    static func languagePlan(
        _ files: [String: String], settings: ServiceSettings = ServiceSettings(), variables: [String: String] = [:]
    ) throws -> LanguagePlan {
        guard case .language(let plan) = try plan(files, settings: settings, variables: variables) else {
            throw SwitchyardError(.internalFault, code: "TEST", "not a plan of a language")
        }
        return plan
    }

    private func code(_ files: [String: String], settings: ServiceSettings = ServiceSettings(), variables: [String: String] = [:])
        -> String?
    {
        do {
            _ = try Self.plan(files, settings: settings, variables: variables)
            return nil
        } catch {
            return (error as? SwitchyardError)?.code
        }
    }

    @Test("a Dockerfile comes before every language, by its exact name")
    func prefersDockerfile() throws {
        let plan = try Self.plan(["Dockerfile": "FROM x", "package.json": "{}", "main.py": ""])
        #expect(plan == .dockerfile(path: "Dockerfile", hints: DeployHints(), reasons: ["there is a Dockerfile"]))
        #expect(try Self.languagePlan(["dockerfile": "FROM x", "main.py": ""]).language == .python)
        #expect(try Self.languagePlan(["docker/Dockerfile": "FROM x", "main.py": ""]).language == .python)
    }

    @Test("a Dockerfile's path comes from the settings, a variable or railway.json")
    func findsDockerfileElsewhere() throws {
        let files = ["docker/api.Dockerfile": "FROM x", "main.py": ""]
        func path(_ plan: Plan) -> String? { if case .dockerfile(let path, _, _) = plan { path } else { nil } }
        #expect(try path(Self.plan(files, settings: ServiceSettings(dockerfilePath: "docker/api.Dockerfile"))) == "docker/api.Dockerfile")
        #expect(
            try path(Self.plan(files, settings: ServiceSettings(dockerfilePath: "/docker//./api.Dockerfile"))) == "docker/api.Dockerfile")
        #expect(try path(Self.plan(files, variables: ["RAILWAY_DOCKERFILE_PATH": "docker/api.Dockerfile"])) == "docker/api.Dockerfile")
        let railway = files.merging(["railway.json": #"{"build": {"dockerfilePath": "docker/api.Dockerfile"}}"#]) { $1 }
        #expect(try path(Self.plan(railway)) == "docker/api.Dockerfile")
    }

    @Test(
        "a Dockerfile's path that leads out or nowhere is refused",
        arguments: [
            "../Dockerfile", "docker/../../x", "/etc/passwd", "missing", "a\nb", "$(touch x)", "--file=/etc/passwd", "docker",
            "//etc/passwd",
        ])
    func refusesDockerfilePaths(path: String) {
        #expect(code(["Dockerfile": "FROM x", "docker/x": ""], settings: ServiceSettings(dockerfilePath: path)) == "DOCKERFILE_NOT_FOUND")
    }

    @Test("a start command: settings, then variables, then railway.json, then the Procfile, then what was found")
    func ordersStartCommands() throws {
        var files = ["main.py": "print()"]
        #expect(try Self.languagePlan(files).startCommand == "python3 main.py")
        files["Procfile"] = "web: one"
        #expect(try Self.languagePlan(files).startCommand == "one")
        files["railway.toml"] = "[deploy]\nstartCommand = \"two\""
        #expect(try Self.languagePlan(files).startCommand == "two")
        #expect(try Self.languagePlan(files, variables: ["RAILPACK_START_CMD": "three"]).startCommand == "three")
        let settings = ServiceSettings(startCommand: "  four ")
        let plan = try Self.languagePlan(files, settings: settings, variables: ["RAILPACK_START_CMD": "three"])
        #expect(plan.startCommand == "four")
        #expect(plan.hints.startCommand == "four")
        #expect(plan.reasons.contains("the start command comes from the service's settings"))
    }

    @Test("a start command with shell characters stays as it is")
    func keepsCommands() throws {
        let command = "sh -c 'echo \"$PORT\" && exec x' # `y` $(z)"
        #expect(try Self.languagePlan(["main.py": ""], settings: ServiceSettings(startCommand: command)).startCommand == command)
    }

    @Test("a start command without a language picks the one its program belongs to, or the shell")
    func picksLanguageOfCommand() throws {
        #expect(try Self.languagePlan(["Procfile": "web: python3 -m http.server $PORT"]).language == .python)
        #expect(try Self.languagePlan(["Procfile": "web: ./server"]).language == .shell)
        #expect(try Self.languagePlan([:], settings: ServiceSettings(startCommand: "node -e 1")).language == .node)
        let both = ["requirements.txt": "", "package.json": #"{"scripts": {"start": "node x"}}"#]
        #expect(try Self.languagePlan(both.merging(["Procfile": "web: gunicorn a:b"]) { $1 }).language == .python)
        #expect(try Self.languagePlan(both.merging(["Procfile": "web: npm start"]) { $1 }).language == .node)
    }

    @Test("the order of languages is fixed, and a variable overrides it")
    func ordersLanguages() throws {
        let all = [
            "go.mod": "module x", "main.go": "package main", "main.py": "", "package.json": #"{"main": "a.js"}"#, "a.js": "",
            "index.html": "", "start.sh": "",
        ]
        let plan = try Self.languagePlan(all)
        #expect(plan.language == .go)
        #expect(plan.reasons.contains { $0.contains("python, node, static, shell") && $0.contains("SWITCHYARD_LANGUAGE") })
        for language in Language.allCases {
            #expect(try Self.languagePlan(all, variables: ["SWITCHYARD_LANGUAGE": language.rawValue]).language == language)
        }
    }

    @Test("nothing recognised: the error says what was looked for, what was seen, and what to do")
    func explainsNothing() throws {
        let error = #expect(throws: SwitchyardError.self) { try Self.plan(["README.md": "", "src/lib.rs": "", "x\n\u{1B}[31m": ""]) }
        #expect(error?.code == "NO_LANGUAGE_FOUND")
        #expect(error?.message.contains("package.json") == true && error?.message.contains("README.md, src/") == true)
        #expect(error?.message.contains("\u{1B}") == false && error?.message.contains("\n") == false)
        #expect(error?.hint?.contains("start command") == true)
        #expect(code([:]) == "NO_LANGUAGE_FOUND")
    }

    @Test("a language without a start command says what was looked for")
    func explainsMissingStart() {
        #expect(code(["requirements.txt": "flask"]) == "START_COMMAND_NOT_FOUND")
        #expect(code(["package.json": "{}"]) == "START_COMMAND_NOT_FOUND")
        #expect(code(["go.mod": "module x", "lib.go": "package lib"]) == "START_COMMAND_NOT_FOUND")
    }

    @Test("a manifest that can't be read is named with its line")
    func explainsBadManifests() {
        #expect(code(["package.json": "{"]) == "MANIFEST_INVALID")
        #expect(code(["pyproject.toml": "[project", "main.py": ""]) == "MANIFEST_INVALID")
        #expect(code(["railway.json": "{", "main.py": ""]) == "CONFIGURATION_INVALID")
        let error = #expect(throws: SwitchyardError.self) { try Self.plan(["railway.toml": "a = 1\nb =", "main.py": ""]) }
        #expect(error?.message.contains("line 2") == true)
    }

    @Test("what railway.json says about running is handed on")
    func handsHintsOn() throws {
        let plan = try Self.plan([
            "main.py": "", "railway.json": #"{"deploy": {"healthcheckPath": "/up", "numReplicas": 3}}"#, "Procfile": "release: ./migrate",
        ])
        #expect(plan.hints.healthcheckPath == "/up" && plan.hints.replicas == 3)
        #expect(plan.hints.preDeployCommand == "./migrate")
        #expect(plan.summary.contains("python3 main.py"))
    }
}
