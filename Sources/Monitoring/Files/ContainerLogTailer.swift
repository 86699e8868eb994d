import FoundationEssentials

/// Follows one container's log file and makes batches of lines with the place behind them.
final class ContainerLogTailer {
    /// A batch is read until either is reached; then other containers have their turn.
    private static let batchBytes = 4 << 20
    private static let batchLines = 2_000
    private static let bufferBytes = 256 << 10
    /// After this long without a byte, what is held back is given out: a prompt without a line end, the count of dropped lines.
    private static let patience = Duration.seconds(1)

    let source: String
    private let origin: LogOrigin
    private let replica: Int
    private let settings: LogSettings
    private let file: LogFile
    private var assembler: LineAssembler
    private var cursor: LogCursor?
    private var isPositioned = false
    private var lastGrowth = ContinuousClock.now

    init(source: String, path: String, origin: LogOrigin, replica: Int, settings: LogSettings) {
        self.source = source
        self.origin = origin
        self.replica = replica
        self.settings = settings
        file = LogFile(path: path)
        assembler = LineAssembler(origin: origin, replica: replica, settings: settings, state: TailState())
    }

    /// Whether ``resume(at:)`` has to come first.
    var needsCursor: Bool { cursor == nil }

    /// Goes on from what was committed; reading begins there again whatever was read before.
    func resume(at cursor: LogCursor) {
        self.cursor = cursor
        isPositioned = false
        assembler = LineAssembler(origin: origin, replica: replica, settings: settings, state: TailState(json: cursor.state))
    }

    /// Forgets what was read: another reader has gone on, and its place has to be loaded.
    func forgetCursor() {
        cursor = nil
    }

    /// Reads what there is, up to a batch.
    ///
    /// - Parameters:
    ///   - buffer: Reused between tailers: only one reads at a time.
    ///   - isEnded: Whether nobody writes any more, so that what is there is all.
    /// - Returns: The lines with the place behind them, nil when there are none; and whether the end was reached.
    func advance(using buffer: UnsafeMutableRawBufferPointer, isEnded: Bool) throws(LogFileError) -> (lines: TailedLines?, isAtEnd: Bool) {
        guard let cursor else { return (nil, false) }
        if !isPositioned {
            isPositioned = try file.open(at: cursor)
            guard isPositioned else { return (nil, true) }
        }
        let isAtEnd = try fill(using: buffer, isEnded: isEnded)
        if isAtEnd, assembler.holdsBack, isEnded || ContinuousClock.now - lastGrowth > Self.patience {
            assembler.finish()
        }
        let entries = assembler.takeEntries()
        guard !entries.isEmpty else { return (nil, isAtEnd) }
        let next = try file.cursor(version: .random(in: 1 ... .max), state: assembler.state)
        self.cursor = next
        let lines = TailedLines(
            source: source, workspace: origin.workspace, expectedVersion: cursor.version, cursor: next, entries: entries)
        return (lines, isAtEnd)
    }

    /// Space for one read, to be used by all tailers of a loop.
    static func makeBuffer() -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: bufferBytes, alignment: 16)
    }

    /// - Returns: Whether all that there is was taken.
    private func fill(using buffer: UnsafeMutableRawBufferPointer, isEnded: Bool) throws(LogFileError) -> Bool {
        var taken = 0
        while taken < Self.batchBytes, assembler.entries.count < Self.batchLines {
            let count = try file.read(into: buffer)
            let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count])
            var consumed = assembler.consume(bytes)
            if consumed == 0, count == buffer.count {
                assembler.consumeOverlong(bytes)
                consumed = count
            }
            if consumed > 0 {
                taken += consumed
                lastGrowth = .now
                file.advance(by: consumed)
                continue
            }
            switch try file.change() {
            case .none:
                if isEnded { file.advance(by: assembler.consume(bytes, isWhole: true)) }
                return true
            case .truncated:
                file.restart()
            case .replaced:
                // Bytes may have come between the read and the look: the old file is done only when a second read says the same.
                guard try file.read(into: buffer) == count else { continue }
                file.advance(by: assembler.consume(bytes, isWhole: true))
                guard try file.openNext() else { return true }
            }
        }
        return false
    }
}
