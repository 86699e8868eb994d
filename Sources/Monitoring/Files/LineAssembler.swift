import FoundationEssentials
import Glibc
import Resources

/// Turns an engine's records into lines: joins their parts, keeps to the limit, finds the level. What comes out depends only on
/// the bytes and the ``TailState``.
struct LineAssembler {
    private let origin: LogOrigin
    private let replica: Int
    private let rate: Int
    private let burst: Int
    private(set) var state: TailState
    private(set) var entries: [LogEntry] = []
    /// The present second as the records write it, for passing over lines without parsing them.
    private var secondPrefix: [UInt8] = []
    private var lastTime: Date?

    init(origin: LogOrigin, replica: Int, settings: LogSettings, state: TailState) {
        self.origin = origin
        self.replica = replica
        rate = settings.linesPerSecond
        burst = settings.burst
        self.state = state
    }

    mutating func takeEntries() -> [LogEntry] {
        defer { entries = [] }
        return entries
    }

    /// Takes all whole records.
    ///
    /// - Parameter isWhole: Whether the bytes after the last line end are a record, too: nothing can follow them.
    /// - Returns: How many bytes were taken.
    mutating func consume(_ bytes: UnsafeRawBufferPointer, isWhole: Bool = false) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var start = 0
        while start < bytes.count {
            guard let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start) else { break }
            let end = UnsafeRawPointer(found) - base
            record(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            start = end + 1
        }
        if isWhole, start < bytes.count {
            record(UnsafeRawBufferPointer(rebasing: bytes[start...]))
            start = bytes.count
        }
        return start
    }

    /// Takes a record that is longer than any engine writes: its beginning counts, the rest is passed over.
    mutating func consumeOverlong(_ bytes: UnsafeRawBufferPointer) {
        record(bytes)
        state.isInsideOverlongRecord = true
    }

    /// Gives out what is held back: beginnings of lines, and the count of what was dropped.
    mutating func finish() {
        for stream in [LogRecord.Stream.output, .error] {
            guard let partial = state[stream] else { continue }
            state[stream] = nil
            complete(partial, stream: stream, time: partial.time ?? lastTime ?? Date())
        }
        if let second = state.budget.second { report(dropped: state.budget.takeDropped(), in: second) }
    }

    /// Whether ``finish()`` would give anything.
    var holdsBack: Bool {
        state.output != nil || state.error != nil || state.budget.dropped > 0
    }

    private mutating func record(_ line: UnsafeRawBufferPointer) {
        if state.isInsideOverlongRecord {
            state.isInsideOverlongRecord = false
            return
        }
        if line.isEmpty || passOver(line) { return }
        if line[0] == UInt8(ascii: "{") {
            guard let (record, text) = JSONFileRecord.parse(line) else { return malformed(line) }
            text.withUnsafeBytes { add($0, record) }
            secondPrefix = state.budget.tokens == 0 ? Self.prefix(of: record.time) : []
        } else {
            guard let (record, text) = K8sFileRecord.parse(line) else { return malformed(line) }
            add(text, record)
            secondPrefix = state.budget.tokens == 0 ? Array(line.prefix(LogTimestamp.prefixLength)) : []
        }
    }

    /// Counts a line of a second whose budget is spent; false when it has to be parsed.
    private mutating func passOver(_ line: UnsafeRawBufferPointer) -> Bool {
        guard state.budget.tokens == 0, !secondPrefix.isEmpty else { return false }
        let peeked = secondPrefix.withUnsafeBytes { prefix in
            line[0] == UInt8(ascii: "{")
                ? JSONFileRecord.peek(line, second: prefix) : K8sFileRecord.peek(line, second: prefix)
        }
        guard let (stream, isPartial) = peeked else { return false }
        if isPartial {
            if state[stream]?.isDropped != true { state[stream] = TailState.Partial(isDropped: true) }
        } else {
            state[stream] = nil
            state.budget.drop()
        }
        return true
    }

    private mutating func add(_ text: UnsafeRawBufferPointer, _ record: LogRecord) {
        let time = record.time.date
        advance(to: record.time.second)
        lastTime = time
        guard record.isPartial || state[record.stream] != nil else {
            return emit(text, total: text.count, stream: record.stream, time: time)
        }
        var partial = state[record.stream] ?? TailState.Partial()
        partial.total += text.count
        partial.time = time
        if record.isPartial, state.budget.tokens == 0 {
            // As when it is passed over: what comes out must not depend on where reading began.
            partial = TailState.Partial(isDropped: true)
        } else if !partial.isDropped {
            partial.bytes.append(contentsOf: text.prefix(LogText.maximumBytes - partial.bytes.count))
        }
        if record.isPartial {
            state[record.stream] = partial
        } else {
            state[record.stream] = nil
            complete(partial, stream: record.stream, time: time)
        }
    }

    private mutating func complete(_ partial: TailState.Partial, stream: LogRecord.Stream, time: Date) {
        if partial.isDropped {
            state.budget.drop()
        } else {
            partial.bytes.withUnsafeBytes { emit($0, total: partial.total, stream: stream, time: time) }
        }
    }

    private mutating func emit(_ text: UnsafeRawBufferPointer, total: Int, stream: LogRecord.Stream, time: Date) {
        guard state.budget.take() else { return }
        let usual = stream == .output ? LogLevel.info : .error
        if total <= LogText.maximumBytes, let structured = StructuredLine(text) {
            append(structured.text, level: structured.level ?? usual, time: time)
        } else {
            append(LogText.clean(text, total: total), level: usual, time: time)
        }
    }

    /// A line that no engine writes is kept as it is: losing it would be worse.
    private mutating func malformed(_ line: UnsafeRawBufferPointer) {
        let time = lastTime ?? Date()
        advance(to: Int64(time.timeIntervalSince1970))
        guard state.budget.take() else { return }
        append(LogText.clean(line, total: line.count), level: .info, time: time)
    }

    private mutating func advance(to second: Int64) {
        let ended = state.budget.second ?? second
        report(dropped: state.budget.advance(to: second, rate: rate, burst: burst), in: ended)
    }

    /// Says at the end of a second what was dropped in it.
    private mutating func report(dropped: Int, in second: Int64) {
        guard dropped > 0 else { return }
        let time = Date(timeIntervalSince1970: Double(second) + 0.999_999)
        append(LineBudget.notice(dropped: dropped, rate: rate, writer: "replica"), level: .warn, time: time)
    }

    private mutating func append(_ text: String, level: LogLevel, time: Date) {
        entries.append(LogEntry(origin: origin, kind: .deploy, replica: replica, time: time, level: level, text: text))
    }

    private static func prefix(of time: LogTimestamp) -> [UInt8] {
        Array(Date(timeIntervalSince1970: Double(time.second)).formatted(.iso8601).utf8.prefix(LogTimestamp.prefixLength))
    }
}
