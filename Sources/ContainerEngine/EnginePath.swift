/// A path of the Engine API. The one place where names and references become part of a URL: a literal stands for itself, an
/// interpolated value must be a name that an engine could have given and is percent-encoded.
struct EnginePath: ExpressibleByStringInterpolation, Sendable {
    private(set) var text: String
    /// The first value that can't be a name; such a path is never sent.
    private(set) var refused: String?
    private var hasQuery = false

    init(stringLiteral value: String) {
        text = value
    }

    init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
        refused = stringInterpolation.refused
    }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var refused: String?

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 64 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// The id or name of a container, network, volume or exec.
        mutating func appendInterpolation(_ name: String) {
            if !EnginePath.isName(name) { refused = name }
            text += EnginePath.percentEncoded(name)
        }

        /// An image by id or reference.
        mutating func appendInterpolation(image reference: String) {
            if !EnginePath.isImageReference(reference) { refused = reference }
            text += EnginePath.percentEncoded(reference)
        }
    }

    /// Adds a parameter to the query; nil adds nothing.
    func query(_ name: String, _ value: String?) -> EnginePath {
        guard let value else { return self }
        var path = self
        path.text += (hasQuery ? "&" : "?") + EnginePath.percentEncoded(name) + "=" + EnginePath.percentEncoded(value)
        path.hasQuery = true
        return path
    }

    /// Engines' own rule for names: letters, digits, `_`, `.`, `-`, and the first a letter or digit; so `..` is none.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 255 else { return false }
        return isAlphanumeric(first) && text.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    /// What a reference (`registry:5000/team/app:tag`, `app@sha256:...`) or an id is made of; no part is empty or only dots.
    static func isImageReference(_ text: String) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 512 else { return false }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.allSatisfy { isAlphanumeric($0) || "_.-/:@".utf8.contains($0) }
            && parts.allSatisfy { part in part.utf8.contains { isAlphanumeric($0) } }
    }

    /// RFC 3986, section 2.1: all but unreserved characters.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isAlphanumeric(byte) || "-._~".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
