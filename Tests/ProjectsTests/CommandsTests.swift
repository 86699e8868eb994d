import Kernel
import Testing

@testable import Projects

@Suite struct CommandsTests {
    @Test(
        "any one line is a command: it is for the user's own container",
        arguments: ["npm start", "a && b | c > d", "sh -c 'echo $PORT'", "tab\there", "gunicorn app:app --bind 0.0.0.0:$PORT"])
    func valid(command: String) throws {
        try Commands.validate(command, of: "start command")
    }

    @Test(
        "lines, NUL, invisible characters, options and great length are refused",
        arguments: [
            "a\nb", "a\r\nb", "a\u{0}b", "a\u{1B}[2Jb", " ", "   ", "-rf", "  --help", "a\u{202E}b", "a\u{200B}b", "a\u{2028}b",
            String(repeating: "a", count: 4097),
        ])
    func invalid(command: String) throws {
        let error = #expect(throws: SwitchyardError.self) { try Commands.validate(command, of: "start command") }
        #expect(error?.code == "COMMAND_INVALID")
    }
}
