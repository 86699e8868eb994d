import Glibc

/// Keeps the edge's logs from growing without end: moves those over the limit aside and has nginx open new ones.
struct RequestLogRotation: Sendable {
    let files: [String]
    let limit: Int
    let kept: Int

    /// Moves each log over the limit to `.1`, `.1` to `.2` and so on.
    /// - Returns: whether any was moved; nginx then has to reopen its logs (SIGUSR1).
    func rotate() -> Bool {
        var hasMoved = false
        for file in files {
            var status = stat()
            guard stat(file, &status) == 0, status.st_size > limit else { continue }
            for number in stride(from: kept - 1, through: 1, by: -1) {
                rename("\(file).\(number)", "\(file).\(number + 1)")
            }
            if rename(file, file + ".1") == 0 { hasMoved = true }
        }
        return hasMoved
    }
}
