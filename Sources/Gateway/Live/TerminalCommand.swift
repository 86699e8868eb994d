import Kernel

/// The command that a terminal runs, as the client gave it.
enum TerminalCommand {
    /// - Throws: `COMMAND_INVALID`.
    static func validate(_ command: [String]) throws {
        let size = command.reduce(0) { $0 + $1.utf8.count }
        guard command.count <= 256, size <= 64 << 10, command.first?.isEmpty != true, !command.contains(where: { $0.utf8.contains(0) })
        else {
            throw SwitchyardError(
                .invalid, code: "COMMAND_INVALID", "a terminal's command has at most 256 parts with 64 KiB together, none with a NUL",
                hint: "leave it out for a shell")
        }
    }

    /// Without a command: the best shell that the image has, started by the one that every image has.
    static func orShell(_ command: [String]) -> [String] {
        command.isEmpty ? ["/bin/sh", "-c", "if [ -x /bin/bash ]; then exec /bin/bash; else exec /bin/sh; fi"] : command
    }
}
