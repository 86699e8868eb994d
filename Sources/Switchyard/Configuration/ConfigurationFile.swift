import FoundationEssentials
import Glibc
import Kernel

/// Lines `NAME=value`; empty ones and those that begin with `#` are passed over.
enum ConfigurationFile {
    /// Empty when there is no such file.
    static func read(_ path: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for (number, line) in lines(path).enumerated() {
            switch parsed(line) {
            case .nothing: continue
            case .value(let name, let value): values[name] = value
            case .broken:
                throw SwitchyardError(
                    .invalid, code: "CONFIGURATION_INVALID", "\(path), line \(number + 1) is not NAME=value",
                    hint: "mend or remove the line")
            }
        }
        return values
    }

    /// Reads settings, and refuses those of ours that there aren't: they would be passed over without a word.
    static func readSettings(_ path: String) throws -> [String: String] {
        let values = try read(path)
        let unknown = values.keys.sorted().first { $0.hasPrefix("SWITCHYARD_") && Setting(rawValue: $0) == nil }
        if let unknown {
            throw SwitchyardError(
                .invalid, code: "CONFIGURATION_INVALID", "\(path): there is no setting \(unknown.prefix(80))",
                hint: "the one most like it is \(Setting.nearest(to: unknown).rawValue); docs/operations.md lists all")
        }
        guard values[Setting.data.rawValue] == nil else {
            throw SwitchyardError(
                .invalid, code: "CONFIGURATION_INVALID", "\(path) sets \(Setting.data.rawValue), which says where this file is",
                hint: "remove the line; set it in the environment")
        }
        return values
    }

    static func write(_ values: [String: String], to path: String) throws {
        let text = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    /// Sets values, or removes them (nil), and leaves all other lines as they are. Only its owner can read the file then.
    static func merge(_ changes: [String: String?], into path: String) throws {
        var left = changes
        var kept: [String] = []
        for line in lines(path) {
            guard case .value(let name, _) = parsed(line), let change = changes[name] else {
                kept.append(String(line))
                continue
            }
            // A name that stands there twice gets its value once.
            if left.removeValue(forKey: name) != nil, let value = change { kept.append("\(name)=\(value)") }
        }
        while kept.last?.isEmpty == true { kept.removeLast() }
        for (name, value) in left.sorted(by: { $0.key < $1.key }) {
            if let value { kept.append("\(name)=\(value)") }
        }
        try SecretFile.write(kept.map { $0 + "\n" }.joined(), to: path)
    }

    private enum Line {
        case nothing
        case value(name: String, String)
        case broken
    }

    private static func lines(_ path: String) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static func parsed(_ line: Substring) -> Line {
        let line = line.trimmingPrefix(while: \.isWhitespace)
        if line.isEmpty || line.hasPrefix("#") { return .nothing }
        guard let equals = line.firstIndex(of: "="), equals > line.startIndex else { return .broken }
        return .value(name: String(line[..<equals]), String(line[line.index(after: equals)...]))
    }
}
