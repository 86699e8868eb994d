import Glibc

/// The file a daemon writes its output to.
enum LogFile {
    static let limit = 8 << 20

    /// Opens it for appending, and moves one that has grown over the limit aside first.
    static func open(_ path: String) throws(ProcessError) -> Int32 {
        var status = stat()
        if stat(path, &status) == 0, status.st_size > limit { rename(path, path + ".1") }
        let file = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw ProcessError(.spawnFailed, "\(path) could not be opened: \(systemMessage(errno))") }
        return file
    }
}
