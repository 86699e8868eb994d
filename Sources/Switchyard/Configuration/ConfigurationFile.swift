import FoundationEssentials
import Kernel

/// Lines `NAME=value`; empty ones and those that begin with `#` are passed over. systemd reads the same file.
enum ConfigurationFile {
    static func read(_ path: String) throws -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [:] }
        var values: [String: String] = [:]
        for (number, line) in String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmingPrefix(while: \.isWhitespace)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
                throw SwitchyardError(
                    .invalid, code: "CONFIGURATION_INVALID", "\(path), line \(number + 1) is not NAME=value",
                    hint: "mend or remove the line")
            }
            values[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return values
    }

    static func write(_ values: [String: String], to path: String) throws {
        let text = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }
}
