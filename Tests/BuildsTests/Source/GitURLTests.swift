import Kernel
import Testing

@testable import Builds

@Suite("GitURL and GitReference")
struct GitURLTests {
    @Test("the usual forms are taken apart")
    func reads() throws {
        let https = try GitURL("https://github.com/owner/repo.git")
        #expect(https.transport == .https && https.host == "github.com" && https.effectivePort == 443 && https.credentials == nil)
        let port = try GitURL("http://git.example.com:8080/a/b")
        #expect(port.transport == .http && port.effectivePort == 8080 && port.location == "http://git.example.com:8080/a/b")
        let scp = try GitURL("git@github.com:owner/repo.git")
        #expect(scp.transport == .ssh && scp.user == "git" && scp.host == "github.com" && scp.location == "git@github.com:owner/repo.git")
        let ssh = try GitURL("ssh://git@example.com:2222/owner/repo")
        #expect(ssh.transport == .ssh && ssh.effectivePort == 2222)
        let six = try GitURL("http://[2001:db8::1]:8080/repo")
        #expect(six.host == "2001:db8::1" && six.port == 8080)
        #expect(try GitURL("HTTPS://example.com/x").transport == .https)
    }

    @Test("a password is kept out of what goes into a command")
    func hidesCredentials() throws {
        let url = try GitURL("https://user:p%40ss@example.com/owner/repo")
        #expect(url.credentials == "user:p%40ss")
        #expect(url.location == "https://example.com/owner/repo")
        #expect(GitCommand.percentDecoded("p%40ss%") == "p@ss%")
        let error = #expect(throws: SwitchyardError.self) { try GitURL("ftp://user:secret@example.com/x") }
        #expect(error?.message.contains("secret") == false)
    }

    @Test(
        "what is no URL of a repository, or more than one, is refused",
        arguments: [
            "", " ", "/etc/passwd", "file:///etc", "ext::sh -c touch% x", "git://example.com/x", "ftp://example.com/x", "-oProxyCommand=x",
            "--upload-pack=touch x", "ssh://-oProxyCommand=x/y", "git@-host:x", "-user@host:x", "git@host:-x", "https://",
            "https://example.com",
            "https://example.com/", "https:///x", "https://exa mple.com/x", "https://example.com/x\ny", "https://example.com/x\u{0}",
            "https://example.com:99999/x",
            "https://example.com:x/y", "https://example.com/x#ref:../..", "https://ex$(touch x).com/y", "https://[::1/x", "https://[zz]/x",
            "https://example.com\\@evil.com/x", "http::https://x/y", "fd::17/x", "a:b", "https://é.com/x", "ssh://us er@h/x",
            "https://example.com/-x",
            "javascript://x/y", "host:path", "https://example.com/../x", "git@host:../x", "https://example.com/x|id",
            "https://example.com/x`id`", "https://example.com/${IFS}x", "https://example.com/<x>", "https://example.com/\u{202E}x",
        ])
    func refuses(text: String) {
        let error = #expect(throws: SwitchyardError.self) { try GitURL(text) }
        #expect(error?.code == "GIT_URL_INVALID")
    }

    @Test("a URL of 10 MB is refused at once")
    func refusesHuge() {
        #expect(throws: SwitchyardError.self) { try GitURL("https://example.com/" + String(repeating: "a", count: 10_000_000)) }
    }

    @Test(
        "names by git's rules are taken",
        arguments: ["main", "feature/a-b_c.d", "v1.0.0", "refs/heads/main", String(repeating: "a1", count: 20), "ünïcode"])
    func takesReferences(name: String) throws {
        #expect(try GitReference(name).name == name)
    }

    @Test(
        "other names are refused",
        arguments: [
            "", "-b", "--upload-pack=x", "a..b", "../../../etc", "refs/heads/../x", "HEAD@{1}", "@", "a b", "a~1", "a^", "a:b", "a?", "a*",
            "a[b", "a\\b", "a\nb",
            "a\u{7F}", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a.", "a\u{0}b", "a/-b", "a\u{202E}b", "a\u{200B}b",
            "a\u{2028}b", "a\u{1B}[2Jb", String(repeating: "x", count: 4096),
        ])
    func refusesReferences(name: String) {
        let error = #expect(throws: SwitchyardError.self) { try GitReference(name) }
        #expect(error?.code == "GIT_REFERENCE_INVALID")
    }
}
