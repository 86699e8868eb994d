/// A command that runs with a terminal inside a workload.
public struct Terminal: Sendable {
    /// What it prints, as it comes; ends when the command does. Read by one reader, who holds the command back by reading slowly.
    public let output: any AsyncSequence<[UInt8], any Error> & Sendable
    private let writer: @Sendable ([UInt8]) async throws -> Void
    private let resizer: @Sendable (TerminalSize) async throws -> Void

    public init(
        output: any AsyncSequence<[UInt8], any Error> & Sendable,
        write: @escaping @Sendable ([UInt8]) async throws -> Void,
        resize: @escaping @Sendable (TerminalSize) async throws -> Void
    ) {
        self.output = output
        self.writer = write
        self.resizer = resize
    }

    /// Sends keys; throws when the command ended.
    public func write(_ bytes: [UInt8]) async throws {
        try await writer(bytes)
    }

    /// Tells it the window's new size; nothing happens when the command ended.
    public func resize(_ size: TerminalSize) async throws {
        try await resizer(size)
    }
}

/// In characters.
public struct TerminalSize: Hashable, Sendable {
    public var columns: Int
    public var rows: Int

    /// Takes what a client sent to what a terminal can be: 1 to 1000 each.
    public init(columns: Int, rows: Int) {
        self.columns = min(max(columns, 1), 1000)
        self.rows = min(max(rows, 1), 1000)
    }
}
