import FoundationEssentials

/// A look over JSON bytes before they are decoded: what would pass the decoder and hurt later is refused here.
struct JSONGuard {
    /// Arrays and objects in one another; resources need 6.
    static let maximumDepth = 32

    struct Refusal: Error, Hashable {
        var code = "BODY_INVALID"
        let reason: String
    }

    private enum Container {
        case list
        /// The names of the fields so far.
        case object(Set<String>)
    }

    private let bytes: [UInt8]
    private var open: [Container] = []
    /// Whether the next string, if there is one, is a field's name.
    private var expectsName = false

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Refuses bytes that aren't UTF-8, nesting deeper than ``maximumDepth``, a field that comes twice in one object (readers differ in
    /// which one they take), and NUL characters in strings, which neither C nor PostgreSQL can hold. All else that is wrong is for the
    /// decoder to find.
    static func check(_ bytes: [UInt8]) throws(Refusal) {
        guard !bytes.isEmpty else { throw Refusal(reason: "the body is empty, and JSON is expected") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Refusal(reason: "the body is not UTF-8") }
        var guardian = JSONGuard(bytes: bytes)
        try guardian.walk()
    }

    private mutating func walk() throws(Refusal) {
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let end = try endOfString(from: index)
                if expectsName { try take(name: bytes[index..<end]) }
                expectsName = false
                index = end
                continue
            case UInt8(ascii: "["):
                open.append(.list)
                expectsName = false
            case UInt8(ascii: "{"):
                open.append(.object([]))
                expectsName = true
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                _ = open.popLast()
                expectsName = false
            case UInt8(ascii: ","):
                if case .object = open.last { expectsName = true }
            default: break
            }
            guard open.count <= Self.maximumDepth else {
                throw Refusal(reason: "the body is nested deeper than \(Self.maximumDepth) levels")
            }
            index += 1
        }
    }

    /// The index after the closing quote, or the end of a string that is never closed.
    private func endOfString(from start: Int) throws(Refusal) -> Int {
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\"):
                guard !bytes[(index + 1)...].starts(with: "u0000".utf8) else {
                    throw Refusal(reason: "the body has a NUL character in a string")
                }
                index += 2
            default: index += 1
            }
        }
        return bytes.count
    }

    /// - Parameter name: With its quotes.
    private mutating func take(name: ArraySlice<UInt8>) throws(Refusal) {
        guard case .object(var names)? = open.popLast() else { return }
        let text =
            name.contains(UInt8(ascii: "\\"))
            ? try? JSONDecoder().decode(String.self, from: Data(name)) : String(decoding: name.dropFirst().dropLast(), as: UTF8.self)
        if let text, !names.insert(text).inserted {
            throw Refusal(code: "DUPLICATE_FIELD", reason: "the field \(ShownText(text)) comes twice in one object")
        }
        open.append(.object(names))
    }
}
