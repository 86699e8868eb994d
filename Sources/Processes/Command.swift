/// A program and its arguments, handed to the kernel as they are: no shell ever reads them.
public struct Command: Sendable, Hashable {
    /// A path when it holds a slash, otherwise a name to look up in `PATH`.
    public var executable: String
    public var arguments: [String]
    /// Nil: this process's own environment.
    public var environment: [String: String]?
    /// Nil: this process's own working directory.
    public var directory: String?
    /// Nil: this process's own account. Any other needs root.
    public var account: SystemAccount?

    public init(
        _ executable: String, _ arguments: [String], environment: [String: String]? = nil, directory: String? = nil,
        account: SystemAccount? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.account = account
    }

    /// Refuses what the kernel would silently cut: a NUL ends a C string.
    func validate() throws(ProcessError) {
        let texts = [executable, directory ?? ""] + arguments + (environment ?? [:]).flatMap { [$0.key, $0.value] }
        guard !executable.isEmpty, !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw ProcessError(.invalid, "a command's program is empty, or one of its texts holds a NUL byte")
        }
        guard !(environment ?? [:]).keys.contains(where: { $0.isEmpty || $0.utf8.contains(UInt8(ascii: "=")) }) else {
            throw ProcessError(.invalid, "a name in the environment of \(executable) is empty or holds '='")
        }
    }
}
