/// Why a manifest could not be read.
struct ManifestError: Error, Hashable, CustomStringConvertible {
    /// Counts from 1; nil when the reader doesn't know.
    var line: Int?
    var reason: String

    var description: String {
        line.map { "line \($0): \(reason)" } ?? reason
    }
}
