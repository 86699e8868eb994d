import FoundationEssentials
import Processes
import Testing

@testable import Builds

@Suite("StepScript, Buildah's words, DependencyKey")
struct StepScriptTests {
    @Test(
        "whatever is in a variable or a command arrives as it is",
        arguments: ["plain", "it's", "$(touch /tmp/x)`y`", "a\nb", "\"", "\\", "é☃", "'; exit 1; '", "", " x "])
    func quotes(value: String) async throws {
        let folder = "/tmp/step-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var script = StepScript(commands: [], variables: ["VALUE": value], trustsExtraCertificates: false)
        // The real one changes to a folder of the image.
        let text = script.text.replacing("cd /app", with: "cd /tmp") + "printf '%s|' \"$VALUE\"\n"
        #expect(try await Command("bash", ["-c", text]).run().output == value + "|")
        script.commands = ["printf '%s' \"\(value == "\"" ? "" : "x")\""]
        try script.write(to: folder)
        #expect(
            FileManager.default.contents(atPath: folder + "/0.sh").map { String(decoding: $0, as: UTF8.self) } == script.commands[0] + "\n")
    }

    @Test("a command that runs over lines is announced in one")
    func announces() {
        #expect(StepScript.announcement("a &&\n  b") == "$ a &&   b")
    }

    @Test("a dependency key changes with each of its parts, and not with their order in a table")
    func keys() {
        func key(_ body: (inout DependencyKey) -> Void) -> String {
            var key = DependencyKey()
            body(&key)
            return key.finish()
        }
        #expect(key { $0.add(["a", "bc"]) } != key { $0.add(["ab", "c"]) })
        #expect(
            key {
                $0.add(["a"]); $0.add(["b"])
            } != key { $0.add(["a", "b"]) })
        #expect(key { $0.add(["x": "1", "y": "2"]) } == key { $0.add(["y": "2", "x": "1"]) })
        #expect(key { $0.add(["x": "1"]) } != key { $0.add(["x": "2"]) })
        #expect(key { $0.add(["x"]) }.utf8.count == 24)
    }
}
