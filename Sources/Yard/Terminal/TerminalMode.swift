import Glibc

/// The modes of the terminal on standard input.
enum TerminalMode {
    /// Runs `body` while typed characters are not shown.
    static func withoutEcho<Result>(_ body: () -> Result) -> Result {
        guard let saved = current() else { return body() }
        var silent = saved
        silent.c_lflag &= ~tcflag_t(ECHO)
        apply(silent)
        defer { apply(saved) }
        return body()
    }

    /// Runs `body` while every key goes to the other side as it is typed, Ctrl-C among them.
    static func raw<Result>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result) async rethrows -> Result {
        guard let saved = current() else { return try await body() }
        var raw = saved
        cfmakeraw(&raw)
        apply(raw)
        defer { apply(saved) }
        return try await body()
    }

    /// Columns and rows of the terminal; 80 and 24 where there is none.
    static func size() -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0 || ioctl(0, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static func current() -> termios? {
        var mode = termios()
        return tcgetattr(0, &mode) == 0 ? mode : nil
    }

    private static func apply(_ mode: termios) {
        var mode = mode
        tcsetattr(0, TCSADRAIN, &mode)
    }
}
