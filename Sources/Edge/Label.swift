/// The rules for ids that the edge only passes on.
enum Label {
    /// At most 64 letters, digits, `_` and `-`; may be empty.
    static func check(_ text: String) throws(EdgeError) -> String {
        let isGood = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isGood, text.utf8.count <= 64 else {
            throw EdgeError(
                .invalid, "the id \(text.debugDescription.prefix(100)) is over 64 characters or holds others than A-Z a-z 0-9 _ -")
        }
        return text
    }
}
