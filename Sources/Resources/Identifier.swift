public import FoundationEssentials

/// The name of one thing of kind `Subject`: a UUID of version 7 (RFC 9562, section 5.7), so that names sort by the time
/// they were made and nobody can guess the next.
public struct Identifier<Subject>: Hashable, Comparable, Codable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    public let uuid: UUID

    public init(uuid: UUID) {
        self.uuid = uuid
    }

    /// Makes a new name from the present time (48 bits of milliseconds) and 74 random bits.
    public static func new() -> Self {
        Self(uuid: UUID(timeOrderedAt: Date(), randomHigh: .random(in: .min ... .max), randomLow: .random(in: .min ... .max)))
    }

    /// Nil unless the text is a UUID in its canonical form of 36 characters.
    public init?(_ description: String) {
        guard description.utf8.count == 36, let uuid = UUID(uuidString: description) else { return nil }
        self.uuid = uuid
    }

    /// The canonical form in lower case.
    public var description: String {
        uuid.uuidString.lowercased()
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let identifier = Self(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not an id: expected a UUID"))
        }
        self = identifier
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.uuid < right.uuid
    }
}

extension UUID {
    init(timeOrderedAt time: Date, randomHigh: UInt16, randomLow: UInt64) {
        let milliseconds = UInt64(max(0, time.timeIntervalSince1970 * 1000))
        func byte(_ value: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
        self.init(
            uuid: (
                byte(milliseconds, 40), byte(milliseconds, 32), byte(milliseconds, 24),
                byte(milliseconds, 16), byte(milliseconds, 8), byte(milliseconds, 0),
                0x70 | (UInt8(truncatingIfNeeded: randomHigh >> 8) & 0x0F), UInt8(truncatingIfNeeded: randomHigh),
                0x80 | (byte(randomLow, 56) & 0x3F), byte(randomLow, 48), byte(randomLow, 40), byte(randomLow, 32),
                byte(randomLow, 24), byte(randomLow, 16), byte(randomLow, 8), byte(randomLow, 0)
            ))
    }
}
