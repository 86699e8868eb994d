/// A Procfile by Heroku's grammar: one `type: command` a line, where the command is everything up to the end of the line.
/// It isn't YAML: `web: echo foo: bar` is a command.
struct Procfile: Hashable, Sendable {
    struct Process: Hashable, Sendable {
        var type: String
        var command: String
    }

    /// In the file's order; a type that comes twice counts as its last line says.
    private(set) var processes: [Process] = []

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let type = line[..<colon].trimmed
            let command = line[line.index(after: colon)...].trimmed
            guard !type.isEmpty, !command.isEmpty, type.utf8.allSatisfy(Self.isTypeByte) else { continue }
            processes.removeAll { $0.type == type }
            processes.append(Process(type: type, command: command))
        }
    }

    /// What a replica runs: `web`, else `worker`, else the only one there is. `release` is never it.
    var main: Process? {
        let runnable = processes.filter { $0.type != "release" }
        return runnable.first { $0.type == "web" } ?? runnable.first { $0.type == "worker" } ?? (runnable.count == 1 ? runnable[0] : nil)
    }

    /// The command that Heroku runs once before a release takes requests.
    var release: String? {
        processes.first { $0.type == "release" }?.command
    }

    private static func isTypeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
