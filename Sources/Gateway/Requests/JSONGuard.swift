/// A look over JSON bytes before they are decoded: what would pass the decoder and hurt later is refused here.
enum JSONGuard {
    /// Arrays and objects in one another; resources need 6.
    static let maximumDepth = 32

    struct Refusal: Error, Hashable {
        let reason: String
    }

    /// Refuses bytes that aren't UTF-8, nesting deeper than ``maximumDepth``, and NUL characters in strings, which neither C nor
    /// PostgreSQL can hold. All else that is wrong is for the decoder to find.
    static func check(_ bytes: [UInt8]) throws(Refusal) {
        guard !bytes.isEmpty else { throw Refusal(reason: "the body is empty, and JSON is expected") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Refusal(reason: "the body is not UTF-8") }
        var depth = 0
        var isInString = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isInString {
                if byte == UInt8(ascii: "\\") {
                    if bytes[(index + 1)...].starts(with: "u0000".utf8) {
                        throw Refusal(reason: "the body has a NUL character in a string")
                    }
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: break
                }
                guard depth <= maximumDepth else { throw Refusal(reason: "the body is nested deeper than \(maximumDepth) levels") }
            }
            index += 1
        }
    }
}
