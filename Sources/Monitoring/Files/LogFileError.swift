import Glibc

/// A log file that can't be read.
struct LogFileError: Error, CustomStringConvertible {
    var path: String
    var operation: String
    /// The system's error number.
    var number: Int32

    var description: String {
        "cannot \(operation) \(path): \(String(cString: strerror(number)))"
    }
}
