import FoundationEssentials
import Resources

/// What waits to be written, in the order it came; bounded, since PostgreSQL can be away for long.
struct LogBuffer {
    enum Item: Sendable {
        case build(LogEntry)
        case container(TailedLines)

        var entries: [LogEntry] {
            switch self {
            case .build(let entry): [entry]
            case .container(let lines): lines.entries
            }
        }
    }

    private static let maximumLines = 20_000
    private static let maximumBytes = 32 << 20
    /// Lines in one COPY.
    private static let batchLines = 10_000

    private var items: [Item] = []
    private(set) var lines = 0
    private var bytes = 0
    /// Items that were added and removed, ever.
    private(set) var added = 0
    private(set) var removed = 0

    var isEmpty: Bool { items.isEmpty }
    var isFull: Bool { lines >= Self.maximumLines || bytes >= Self.maximumBytes }

    mutating func append(_ item: Item) {
        items.append(item)
        added += 1
        lines += item.entries.count
        bytes += Self.size(item)
    }

    /// The oldest items, at least one, at most a batch.
    func batch() -> ArraySlice<Item> {
        var count = 0
        var lines = 0
        for item in items {
            lines += item.entries.count
            if count > 0, lines > Self.batchLines { break }
            count += 1
        }
        return items.prefix(count)
    }

    mutating func removeFirst(_ count: Int) {
        for item in items.prefix(count) {
            lines -= item.entries.count
            bytes -= Self.size(item)
        }
        items.removeFirst(count)
        removed += count
    }

    private static func size(_ item: Item) -> Int {
        item.entries.reduce(0) { $0 + $1.text.utf8.count + 128 }
    }
}
