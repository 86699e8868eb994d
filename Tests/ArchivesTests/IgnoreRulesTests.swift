import Archives
import Processes
import Testing

@Suite("IgnoreRules")
struct IgnoreRulesTests {
    /// Pattern text, path, whether the path is a folder, whether it is ignored.
    private static let cases: [(patterns: String, path: String, isDirectory: Bool, ignored: Bool)] = [
        ("*.log", "a/b/x.log", false, true),
        ("/x", "a/x", false, false),
        ("/x", "x", false, true),
        ("a/x", "b/a/x", false, false),
        ("build/", "build", false, false),
        ("build/", "build", true, true),
        ("build/", "a/build/x", false, true),
        ("*\n!keep", "keep", false, false),
        ("dir\n!dir/keep", "dir/keep", false, true),
        ("a/**/z", "a/z", false, true),
        ("a/**/z", "a/b/c/z", false, true),
        ("a/**", "a", true, false),
        ("a/**", "a/b", false, true),
        ("**/z", "x/y/z", false, true),
        ("\\#x", "#x", false, true),
        ("#x", "#x", false, false),
        ("\\!x", "!x", false, true),
        ("x\\ ", "x ", false, true),
        ("x  ", "x", false, true),
        ("x\t", "x", false, false),
        ("[!a-c]x", "dx", false, true),
        ("[!a-c]x", "bx", false, false),
        ("[[:digit:]]", "7", false, true),
        ("[]]", "]", false, true),
        ("[a-]", "-", false, true),
        ("[x", "[x", false, false),
        ("x\\", "x", false, false),
        ("a?c", "a/c", false, false),
        ("a*c/d", "abc/d", false, true),
        ("*", "x", false, true),
        ("/", "x", false, false),
        ("x\r\n", "x", false, true),
        ("\u{FEFF}x", "x", false, true),
    ]

    @Test("the rules of gitignore(5)", arguments: cases)
    func followsTheManual(patterns: String, path: String, isDirectory: Bool, ignored: Bool) {
        var rules = IgnoreRules()
        rules.add(Array(patterns.utf8))
        #expect(rules.isIgnored(path, isDirectory: isDirectory) == ignored)
    }

    @Test("a file in a folder below wins, and sees paths from there")
    func nestedFilesWin() {
        var rules = IgnoreRules()
        rules.add(Array("*.txt\n".utf8))
        rules.add(Array("!/keep.txt\n".utf8), inFolder: "docs")
        #expect(rules.decision(for: "docs/keep.txt", isDirectory: false) == .included)
        #expect(rules.decision(for: "docs/deep/keep.txt", isDirectory: false) == .ignored)
    }

    @Test("a file above the root sees the whole path")
    func filesAboveApply() {
        var rules = IgnoreRules()
        rules.add(Array("/pkg/app/dist\n".utf8), above: "pkg/app")
        #expect(rules.isIgnored("dist", isDirectory: true))
        #expect(!rules.isIgnored("src/dist", isDirectory: true))
    }

    @Test("a pattern of many stars takes no time", .timeLimit(.minutes(1)))
    func manyStarsAreHarmless() {
        var rules = IgnoreRules()
        let stars = String(repeating: "*a", count: 200) + "b"
        rules.add(Array("\(stars)\n\(String(repeating: "**/a/", count: 100))b\n".utf8))
        let name = String(repeating: "a", count: 4000)
        #expect(rules.decision(for: name, isDirectory: false) == nil)
        #expect(rules.decision(for: Array(repeating: "a", count: 2000).joined(separator: "/"), isDirectory: false) == nil)
    }

    @Test("generated patterns mean the same as to git", arguments: 1...60)
    func agreesWithGit(seed: UInt64) async throws {
        var random = GeneratedPatterns(seed: seed)
        let place = try SourcePlace()
        let folder = place.source
        let root = random.file()
        let nested = random.file()
        try place.add(".gitignore", root)
        try place.add("foo/.gitignore", nested)
        for path in GeneratedPatterns.paths { try place.add(path) }
        let quiet = ["GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": folder, "PATH": "/usr/bin:/bin"]
        let made = try await Command("git", ["init", "-q", folder], environment: quiet).run()
        try #require(made.isSuccess, "\(made.errorOutput)")
        let answer = try await Command(
            "git", ["-c", "core.quotePath=false", "check-ignore", "--no-index", "--"] + GeneratedPatterns.paths, environment: quiet,
            directory: folder
        ).run()
        let expected = Set(answer.output.split(separator: "\n").map(String.init))
        for path in GeneratedPatterns.paths {
            var rules = IgnoreRules()
            rules.add(Array(root.utf8))
            if path.hasPrefix("foo/") { rules.add(Array(nested.utf8), inFolder: "foo") }
            #expect(
                rules.isIgnored(path, isDirectory: false) == expected.contains(path),
                "\(path)\n.gitignore: \(root.debugDescription)\nfoo/.gitignore: \(nested.debugDescription)")
        }
    }
}

/// Ignore files made of every kind of pattern, the same ones for the same seed.
private struct GeneratedPatterns {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15
    }

    static let paths: [String] = {
        let names = ["a", "b", "bar", "foo.txt", "#x", "!y", "a b", "x]1", "é", "a-b", ".env", "B"]
        let folders = ["", "foo/", "bar2/", "foo/baz/", "foo/baz/deep/", "a.d/", "a.d/foo/"]
        return folders.flatMap { folder in names.map { folder + $0 } }
    }()

    mutating func file() -> String {
        (0..<(1 + next(5))).map { _ in line() }.joined(separator: "\n") + (next(4) == 0 ? "" : "\n")
    }

    private mutating func line() -> String {
        var pattern = (0..<(1 + next(3))).map { _ in segment() }.joined(separator: "/")
        if next(4) == 0 { pattern = "/" + pattern }
        if next(4) == 0 { pattern += "/" }
        if next(4) == 0 { pattern = "!" + pattern }
        if next(10) == 0 { pattern += " " }
        return pattern
    }

    private mutating func segment() -> String {
        let segments = [
            "a", "b", "bar", "foo", "baz", "deep", "*", "**", "*.txt", "f*", "?", "??", "[ab]", "[!a]", "[a-c]", "[^[:alpha:]]",
            "[[:upper:]]",
            "a?b", "\\#x", "\\!y", "#x", "é", "a.d", "bar2", "*2", "ba[rz]", "x\\]1", "x[]]1", "a\\ b", "*o*", "[", "***", ".*", "[!.]*",
        ]
        return segments[next(segments.count)]
    }

    /// xorshift
    private mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % bound
    }
}
