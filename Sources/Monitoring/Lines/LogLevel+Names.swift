import Resources

extension LogLevel {
    /// Reads the names that loggers use, and pino's and bunyan's numbers (30 is info).
    init?(loggerName name: String) {
        switch name.lowercased() {
        case "trace", "debug", "verbose", "silly", "finest", "finer", "fine", "10", "20": self = .debug
        case "info", "information", "informational", "notice", "log", "default", "30": self = .info
        case "warn", "warning", "40": self = .warn
        case "error", "err", "severe", "fatal", "critical", "crit", "alert", "emergency", "emerg", "panic", "50", "60": self = .error
        default: return nil
        }
    }
}
