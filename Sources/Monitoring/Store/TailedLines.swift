import Resources

/// Lines of one container's log with the place in it behind them: they are kept together or not at all.
struct TailedLines: Sendable {
    /// The container, by a name that stays the same as long as its log does.
    var source: String
    var workspace: Workspace.ID
    /// The version of the cursor that these lines follow; when it is another one, somebody else has read them.
    var expectedVersion: Int64
    var cursor: LogCursor
    var entries: [LogEntry]
}
