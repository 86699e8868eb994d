import FoundationEssentials

/// What must be remembered between two places of a log file for the lines to come out the same, whenever reading stops.
struct TailState: Codable, Hashable, Sendable {
    /// The beginning of a line whose end has not come yet.
    struct Partial: Codable, Hashable, Sendable {
        /// At most ``LogText/maximumBytes``.
        var bytes = Data()
        /// The line's length so far.
        var total = 0
        /// Whether a part of it was dropped for the limit: then the whole line is.
        var isDropped = false
        var time: Date?
    }

    var budget = LineBudget()
    var output: Partial?
    var error: Partial?
    /// Whether the rest of an overlong record is to be passed over.
    var isInsideOverlongRecord = false

    subscript(stream: LogRecord.Stream) -> Partial? {
        get { stream == .output ? output : error }
        set {
            switch stream {
            case .output: output = newValue
            case .error: error = newValue
            }
        }
    }

    init() {}

    /// Reads what ``json`` wrote; begins anew when it can't be read.
    init(json: String) {
        self = (try? JSONDecoder().decode(Self.self, from: Data(json.utf8))) ?? Self()
    }

    var json: String {
        // Encoding numbers, dates and bytes of a value of ours doesn't fail.
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
