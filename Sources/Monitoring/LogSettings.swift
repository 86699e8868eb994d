/// What an operator can set about logs.
public struct LogSettings: Sendable {
    /// Lines a second that are kept of one replica; the rest is counted and dropped.
    public var linesPerSecond: Int
    /// Lines that a replica may write at once after it was quiet.
    public var burst: Int
    /// Lines a second that are kept of one build.
    public var buildLinesPerSecond: Int
    /// Days for which lines are kept.
    public var retentionDays: Int

    public init(linesPerSecond: Int = 500, burst: Int? = nil, buildLinesPerSecond: Int = 2_000, retentionDays: Int = 7) {
        self.linesPerSecond = max(1, linesPerSecond)
        self.burst = max(self.linesPerSecond, burst ?? self.linesPerSecond * 2)
        self.buildLinesPerSecond = max(1, buildLinesPerSecond)
        self.retentionDays = max(1, retentionDays)
    }
}
