import Resources
import Testing

@testable import Builds

@Suite("Detection of Go, static sites and shell scripts")
struct OtherDetectionTests {
    private func plan(_ files: [String: String], settings: ServiceSettings = ServiceSettings(), variables: [String: String] = [:]) throws
        -> LanguagePlan
    {
        try DetectionTests.languagePlan(files, settings: settings, variables: variables)
    }

    @Test("Go: the main package of the root folder, else one of cmd/")
    func findsGoTargets() throws {
        let build = "go build -ldflags='-w -s' -trimpath -o /app/bin/server "
        let root = try plan(["go.mod": "module a/b", "main.go": "package main", "cmd/x/main.go": ""])
        #expect(root.language == .go && root.buildCommands == [build + "."])
        #expect(root.startCommand == "/app/bin/server" && root.output == .program && root.install == nil)
        #expect(try plan(["go.mod": "module a/b", "app.go": "// x\npackage main"]).buildCommands == [build + "."])
        #expect(
            try plan(["main.go": "package main", "util.go": "package main", "main_test.go": "package main"]).buildCommands == [
                build + "main.go util.go"
            ])
        #expect(try plan(["go.mod": "module a/b", "cmd/one/main.go": ""]).buildCommands == [build + "./cmd/one"])
        #expect(
            try plan(["go.mod": "module a/b", "cmd/a/main.go": "", "cmd/b/main.go": "", "lib.go": "package x"]).buildCommands == [
                build + "./cmd/b"
            ])
        #expect(
            try plan(["go.mod": "module a/b", "cmd/a/main.go": "", "cmd/server/main.go": ""]).buildCommands == [build + "./cmd/server"])
        let asked = try plan(["go.mod": "module a", "cmd/a/main.go": "", "cmd/z/main.go": ""], variables: ["RAILPACK_GO_BIN": "z"])
        #expect(asked.buildCommands == [build + "./cmd/z"])
        let odd = try plan(["go.mod": "module a", "cmd/a/main.go": "", "cmd/$(x)/main.go": ""], variables: ["RAILPACK_GO_BIN": "$(x)"])
        #expect(odd.buildCommands == [build + "./cmd/a"])
    }

    @Test("Go: modules are downloaded once for each go.sum, unless they are vendored")
    func installsGoModules() throws {
        let files = ["go.mod": "module a", "go.sum": "x", "main.go": "package main"]
        #expect(try plan(files).install?.files == ["go.mod", "go.sum"])
        #expect(try plan(files.merging(["vendor/modules.txt": ""]) { $1 }).install == nil)
        #expect(try plan(files.merging(["go.mod": "module a\nreplace x => ./x"]) { $1 }).install?.files == .some(nil))
    }

    @Test("Go: an own build command needs a start command, and keeps the folder")
    func takesOwnGoBuild() throws {
        let plan = try plan(
            ["go.mod": "module a", "main.go": "package main"],
            settings: ServiceSettings(startCommand: "./out", buildCommand: "go build -o out"))
        #expect(plan.output == .compiledFolder && plan.buildCommands == ["go build -o out"])
        #expect(throws: (any Error).self) {
            try self.plan(["go.mod": "module a", "main.go": "package main"], settings: ServiceSettings(buildCommand: "make"))
        }
    }

    @Test(
        "a static site is the folder with index.html",
        arguments: [
            (["index.html": ""], "."), (["public/index.html": "", "index.html": ""], "public"), (["dist/index.html": ""], "dist"),
            (["index.html": "", "public/logo.svg": ""], "."), (["Staticfile": "root: site\n", "site/a.html": ""], "site"),
            (["Staticfile": "root: ../etc\n", "index.html": ""], "."),
        ])
    func findsSites(files: [String: String], folder: String) throws {
        let plan = try plan(files)
        #expect(plan.language == .staticSite && plan.output == .folder(folder))
        #expect(plan.environment["SITE_FALLBACK"] == nil)
    }

    @Test(
        "a shell script is started by the shell of its first line",
        arguments: [("", "bash"), ("#!/bin/sh\n", "sh"), ("#!/usr/bin/env bash\n", "bash")])
    func findsScripts(line: String, shell: String) throws {
        let plan = try plan(["start.sh": line + "echo"])
        #expect(plan.language == .shell && plan.startCommand == "\(shell) start.sh")
    }
}
