/// A value that cannot be printed, encoded or logged by accident: whoever needs it says ``reveal()``.
public struct Secret<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: Value

    public init(_ value: Value) {
        self.value = value
    }

    /// The value itself: for the one place that uses it.
    public func reveal() -> Value {
        value
    }

    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Equatable where Value: Equatable {}

public typealias SecretText = Secret<String>
