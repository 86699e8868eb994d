import Resources
import Testing

@testable import Builds

@Suite("NodeDetection")
struct NodeDetectionTests {
    private func plan(_ package: String, _ files: [String: String] = [:], settings: ServiceSettings = ServiceSettings()) throws
        -> LanguagePlan
    {
        let plan = try DetectionTests.languagePlan(files.merging(["package.json": package]) { $1 }, settings: settings)
        #expect(plan.language == .node)
        return plan
    }

    @Test("the start script itself is run, unless it needs the package manager")
    func startsScript() throws {
        #expect(try plan(#"{"scripts": {"start": "node server.js --x"}}"#).startCommand == "node server.js --x")
        #expect(try plan(#"{"scripts": {"start": "node x", "prestart": "node y"}}"#).startCommand == "npm run start")
        #expect(try plan(#"{"scripts": {"start": "echo $npm_package_version"}}"#).startCommand == "npm run start")
        #expect(try plan(#"{"scripts": {"start": "next start"}}"#).startCommand == "next start")
    }

    @Test("without a script: main, then the usual files")
    func startsFiles() throws {
        #expect(try plan(#"{"main": "./lib/app.js"}"#, ["lib/app.js": ""]).startCommand == "node lib/app.js")
        #expect(try plan(#"{"main": "lib"}"#, ["lib/index.js": ""]).startCommand == "node lib/index.js")
        #expect(try plan("{}", ["server.js": "", "index.js": ""]).startCommand == "node server.js")
        #expect(try plan("{}", ["index.mjs": ""]).startCommand == "node index.mjs")
        #expect(try DetectionTests.languagePlan(["server.js": ""]).startCommand == "node server.js")
        #expect(throws: (any Error).self) { try plan(#"{"main": "missing.js"}"#) }
    }

    @Test("a main file can't be more than a name", arguments: ["../x.js", "$(touch x).js", "a b.js", "-e.js", "a;b.js", "/etc/x.js"])
    func refusesOddMain(main: String) {
        #expect(throws: (any Error).self) { try plan(#"{"main": "\#(main)"}"#, [main: ""]) }
    }

    @Test("nothing is installed when nothing is asked for")
    func installsNothing() throws {
        #expect(try plan(#"{"scripts": {"start": "node x"}}"#).install == nil)
        #expect(try plan(#"{"scripts": {"start": "node x"}, "dependencies": {}}"#, ["package-lock.json": "{}"]).install == nil)
    }

    @Test(
        "the package manager comes from package.json, else from the lock file",
        arguments: [
            ("", "package-lock.json", "npm", "npm ci --include=dev --no-audit --no-fund"),
            ("", "npm-shrinkwrap.json", "npm", "npm ci --include=dev --no-audit --no-fund"),
            ("", "README.md", "npm", "npm install --include=dev --no-audit --no-fund"),
            ("", "pnpm-lock.yaml", "pnpm", "pnpm install --frozen-lockfile --prod=false"),
            ("", "yarn.lock", "yarn", "yarn install --production=false --non-interactive --frozen-lockfile"),
            (#", "packageManager": "pnpm@9.1.0+sha512.abc""#, "README.md", "pnpm", "pnpm install --prod=false"),
            (#", "packageManager": "yarn@4.1.1""#, "yarn.lock", "yarn", "yarn install --immutable"),
            (#", "packageManager": "evil@$(touch x)""#, "README.md", "npm", "npm install --include=dev --no-audit --no-fund"),
            (#", "packageManager": "pnpm@$(touch x)""#, "README.md", "npm", "npm install --include=dev --no-audit --no-fund"),
        ])
    func picksManager(field: String, file: String, tool: String, command: String) throws {
        let plan = try plan(#"{"main": "a.js", "dependencies": {"x": "1"}\#(field)}"#, ["a.js": "", file: "x"])
        #expect(plan.tool == tool)
        #expect(plan.install?.commands.last == command)
        #expect(plan.install?.files?.contains("package.json") == true)
    }

    @Test("the version that package.json names is the one that is used")
    func pinsManager() throws {
        let plan = try plan(#"{"main": "a.js", "dependencies": {"x": "1"}, "packageManager": "pnpm@9.1.0"}"#, ["a.js": ""])
        #expect(plan.install?.commands.first?.hasSuffix(" pnpm@9.1.0") == true)
        let yarn = try self.plan(#"{"main": "a.js", "dependencies": {"x": "1"}}"#, ["a.js": "", "yarn.lock": "", ".yarnrc.yml": ""])
        #expect(yarn.install?.commands.first?.contains("@yarnpkg/cli-dist@") == true)
    }

    @Test("only manifests reach the install step, so that code alone installs nothing; install scripts of the source need all of it")
    func choosesInstallFiles() throws {
        let files = [
            "a.js": "", "package-lock.json": "", "packages/b/package.json": "{}", "packages/b/index.js": "", ".npmrc": "",
            "patches/x.patch": "",
        ]
        let plan = try plan(#"{"main": "a.js", "dependencies": {"x": "1"}}"#, files)
        #expect(plan.install?.files == [".npmrc", "package-lock.json", "package.json", "packages/b/package.json", "patches/x.patch"])
        for script in ["postinstall", "prepare", "preinstall", "install"] {
            let scripted = try self.plan(
                #"{"main": "a.js", "dependencies": {"x": "1"}, "scripts": {"\#(script)": "node build.js"}}"#, files)
            #expect(scripted.install != nil && scripted.install?.files == nil)
        }
        let husky = try self.plan(#"{"main": "a.js", "dependencies": {"x": "1"}, "scripts": {"prepare": "husky"}}"#, files)
        #expect(husky.install?.files != nil)
        let local = try self.plan(#"{"main": "a.js", "dependencies": {"x": "file:./packages/b"}}"#, files)
        #expect(local.install != nil && local.install?.files == nil)
    }

    @Test("a build script is run by the source's package manager, or replaced by an own command")
    func builds() throws {
        let package = #"{"scripts": {"build": "tsc", "start": "node dist/x.js"}}"#
        #expect(try plan(package).buildCommands == ["npm run build"])
        #expect(try plan(package, ["pnpm-lock.yaml": ""]).buildCommands == ["pnpm run build"])
        #expect(try plan(package, settings: ServiceSettings(buildCommand: "make")).buildCommands == ["make"])
    }

    @Test(
        "a site that is only built is served as files",
        arguments: [
            (#"{"scripts": {"build": "vite build", "start": "vite"}, "devDependencies": {"vite": "5"}}"#, "dist"),
            (
                #"{"scripts": {"build": "react-scripts build", "start": "react-scripts start"}, "dependencies": {"react-scripts": "5"}}"#,
                "build"
            ),
            (#"{"scripts": {"build": "node build.mjs"}}"#, "dist"),
            (#"{"scripts": {"build": "eleventy"}, "devDependencies": {"@11ty/eleventy": "3"}}"#, "_site"),
        ])
    func servesSites(package: String, folder: String) throws {
        let plan = try plan(package)
        #expect(plan.output == .folder(folder))
        #expect(plan.runFlavour == .staticSite)
        #expect(plan.startCommand == StaticSiteDetection.startCommand)
        #expect(plan.environment["SITE_FALLBACK"] == "/index.html")
    }

    @Test("a site builder with a server of its own stays a program")
    func keepsServers() throws {
        let kit = #"{"scripts": {"build": "vite build", "start": "node build"}, "devDependencies": {"vite": "5", "@sveltejs/kit": "2"}}"#
        #expect(try plan(kit).startCommand == "node build")
        let own = try plan(
            #"{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "5"}}"#, settings: ServiceSettings(startCommand: "node x"))
        #expect(own.output == .everything && own.startCommand == "node x")
    }

    @Test("another version than the stack's is said")
    func saysVersion() throws {
        #expect(
            try plan(#"{"main": "a.js", "engines": {"node": "^18"}}"#, ["a.js": ""]).reasons.contains { $0.contains("asks for Node ^18") })
        #expect(try plan(#"{"main": "a.js", "engines": {"node": ">=20"}}"#, ["a.js": ""]).reasons.allSatisfy { !$0.contains("asks for") })
    }

    @Test(
        "keys of odd types don't matter",
        arguments: [
            #"{"scripts": []}"#, #"{"scripts": {"start": 1}}"#, #"{"main": {}}"#, #"{"dependencies": "x"}"#, #"{"packageManager": 7}"#,
            #"{"engines": "x"}"#,
        ])
    func isLenient(package: String) throws {
        #expect(try plan(package, ["index.js": ""]).startCommand == "node index.js")
    }
}
