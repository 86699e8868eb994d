public import FoundationEssentials
public import Resources

/// A line that a build wrote, as the builder hands it over.
public struct BuildLine: Sendable {
    public var origin: LogOrigin
    public var time: Date
    public var level: LogLevel
    public var text: String

    public init(origin: LogOrigin, time: Date = Date(), level: LogLevel = .info, text: String) {
        self.origin = origin
        self.time = time
        self.level = level
        self.text = text
    }
}
