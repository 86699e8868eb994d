/// Reads TOML 1.0 (https://toml.io/en/v1.0.0). Dates become strings. It takes a little more than the standard allows (such as
/// a table that is opened twice), because it reads what other tools have already accepted.
struct TOMLParser {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var depth = 0

    /// Throws `ManifestError` with the line.
    static func parse(_ text: String) throws(ManifestError) -> ManifestValue {
        var parser = TOMLParser(bytes: Array(text.utf8))
        return try parser.document()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func document() throws(ManifestError) -> ManifestValue {
        var root: [String: ManifestValue] = [:]
        var header: [String] = []
        while true {
            skipBlank(lines: true)
            guard let byte = peek else { return .table(root) }
            if byte == UInt8(ascii: "[") {
                advance()
                let isArray = take("[")
                skipBlank()
                header = try keyPath()
                guard take("]"), !isArray || take("]") else { throw failure("expected ']'") }
                try open(header[...], isArray: isArray, in: &root)
            } else {
                let path = try keyPath()
                guard take("=") else { throw failure("expected '='") }
                let value = try value()
                try insert(value, at: (header + path)[...], in: &root)
            }
            skipBlank()
            guard peek == nil || peek == UInt8(ascii: "\n") else { throw failure("expected the end of the line") }
        }
    }

    // MARK: Tables

    private func open(_ path: ArraySlice<String>, isArray: Bool, in table: inout [String: ManifestValue]) throws(ManifestError) {
        guard let key = path.first else { return }
        let rest = path.dropFirst()
        switch table[key] {
        case nil:
            var inner: [String: ManifestValue] = [:]
            try open(rest, isArray: isArray, in: &inner)
            table[key] = rest.isEmpty && isArray ? .array([.table(inner)]) : .table(inner)
        case .table(var inner):
            guard !rest.isEmpty || !isArray else { throw failure("'\(key)' is a table already") }
            try open(rest, isArray: isArray, in: &inner)
            table[key] = .table(inner)
        case .array(var items):
            if rest.isEmpty {
                guard isArray else { throw failure("'\(key)' is an array already") }
                items.append(.table([:]))
            } else {
                guard case .table(var inner) = items.popLast() else { throw failure("'\(key)' is no array of tables") }
                try open(rest, isArray: isArray, in: &inner)
                items.append(.table(inner))
            }
            table[key] = .array(items)
        default: throw failure("'\(key)' has a value already")
        }
    }

    private func insert(
        _ value: ManifestValue, at path: ArraySlice<String>, in table: inout [String: ManifestValue]
    ) throws(ManifestError) {
        guard let key = path.first else { return }
        let rest = path.dropFirst()
        guard !rest.isEmpty else {
            guard table[key] == nil else { throw failure("'\(key)' has a value already") }
            table[key] = value
            return
        }
        switch table[key] ?? .table([:]) {
        case .table(var inner):
            try insert(value, at: rest, in: &inner)
            table[key] = .table(inner)
        case .array(var items):
            guard case .table(var inner) = items.popLast() else { throw failure("'\(key)' is no array of tables") }
            try insert(value, at: rest, in: &inner)
            table[key] = .array(items + [.table(inner)])
        default: throw failure("'\(key)' has a value already")
        }
    }

    // MARK: Keys and values

    private mutating func keyPath() throws(ManifestError) -> [String] {
        var path: [String] = []
        repeat {
            skipBlank()
            path.append(try key())
            skipBlank()
        } while take(".")
        guard path.count <= 32 else { throw failure("a key has too many parts") }
        return path
    }

    private mutating func key() throws(ManifestError) -> String {
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try string()
        default:
            let start = position
            while let byte = peek, Self.isBare(byte) { advance() }
            guard position > start else { throw failure("expected a key") }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
    }

    private mutating func value() throws(ManifestError) -> ManifestValue {
        skipBlank()
        depth += 1
        defer { depth -= 1 }
        guard depth <= 64 else { throw failure("values are nested too deeply") }
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string())
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "{"): return try inlineTable()
        default: return try scalar()
        }
    }

    private mutating func array() throws(ManifestError) -> ManifestValue {
        advance()
        var items: [ManifestValue] = []
        while true {
            skipBlank(lines: true)
            if take("]") { return .array(items) }
            items.append(try value())
            skipBlank(lines: true)
            if !take(","), peek != UInt8(ascii: "]") { throw failure("expected ',' or ']'") }
        }
    }

    private mutating func inlineTable() throws(ManifestError) -> ManifestValue {
        advance()
        var table: [String: ManifestValue] = [:]
        while true {
            skipBlank(lines: true)
            if take("}") { return .table(table) }
            let path = try keyPath()
            guard take("=") else { throw failure("expected '='") }
            let value = try value()
            try insert(value, at: path[...], in: &table)
            skipBlank(lines: true)
            if !take(","), peek != UInt8(ascii: "}") { throw failure("expected ',' or '}'") }
        }
    }

    private mutating func scalar() throws(ManifestError) -> ManifestValue {
        let start = position
        while let byte = peek, !",]}#\n\r".utf8.contains(byte) { advance() }
        var text = String(decoding: bytes[start..<position], as: UTF8.self)
        while text.last == " " || text.last == "\t" { text.removeLast() }
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "": throw failure("expected a value")
        default: break
        }
        let digits = text.replacing("_", with: "")
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            if let number = Int(digits.dropFirst(2), radix: radix) { return .number(Double(number)) }
        }
        if let number = Double(digits), !digits.contains("x") { return .number(number) }
        // What is left of the grammar are dates and times.
        let isTime = text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || "-:.+TZtz ".utf8.contains($0) }
        guard isTime, text.first?.isNumber == true else { throw failure("'\(text.prefix(40))' is not a value") }
        return .string(text)
    }

    // MARK: Strings

    private mutating func string() throws(ManifestError) -> String {
        let quote = bytes[position]
        advance()
        var isLong = false
        if peek == quote {
            advance()
            guard peek == quote else { return "" }
            advance()
            isLong = true
            if peek == UInt8(ascii: "\r") { advance() }
            if peek == UInt8(ascii: "\n") { advance() }
        }
        var result: [UInt8] = []
        while let byte = peek {
            if byte == UInt8(ascii: "\n"), !isLong { throw failure("a string doesn't end on its line") }
            advance()
            switch byte {
            case quote:
                guard isLong else { return String(decoding: result, as: UTF8.self) }
                var count = 1
                while count < 5, peek == quote {
                    advance()
                    count += 1
                }
                guard count >= 3 else {
                    result.append(contentsOf: repeatElement(quote, count: count))
                    continue
                }
                // Up to two quotes may stand right before the closing three.
                result.append(contentsOf: repeatElement(quote, count: count - 3))
                return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""): try escape(into: &result, isLong: isLong)
            default: result.append(byte)
            }
        }
        throw failure("a string doesn't end")
    }

    private mutating func escape(into result: inout [UInt8], isLong: Bool) throws(ManifestError) {
        guard let byte = peek else { throw failure("a string doesn't end") }
        advance()
        switch byte {
        case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
        case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
        case UInt8(ascii: "r"): result.append(UInt8(ascii: "\r"))
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "e"): result.append(27)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): result.append(byte)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            let text = String(decoding: bytes[position..<min(position + count, bytes.count)], as: UTF8.self)
            guard text.utf8.count == count, let number = UInt32(text, radix: 16), let scalar = Unicode.Scalar(number) else {
                throw failure("'\\\(Character(Unicode.Scalar(byte)))' needs \(count) hexadecimal digits of a character")
            }
            for _ in 0..<count { advance() }
            result.append(contentsOf: String(Character(scalar)).utf8)
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
            guard isLong else { throw failure("a line can't be continued in this string") }
            while let next = peek, " \t\r\n".utf8.contains(next) { advance() }
        default: throw failure("'\\\(Character(Unicode.Scalar(byte)))' is no escape")
        }
    }

    // MARK: Bytes

    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        advance()
        return true
    }

    private mutating func skipBlank(lines: Bool = false) {
        while let byte = peek {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): advance()
            case UInt8(ascii: "\n") where lines: advance()
            case UInt8(ascii: "#"): while let next = peek, next != UInt8(ascii: "\n") { advance() }
            default: return
            }
        }
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func failure(_ reason: String) -> ManifestError {
        ManifestError(line: line, reason: reason)
    }
}
