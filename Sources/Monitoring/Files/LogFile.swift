import Glibc

/// An engine's log file, read from a place on and across rotations: by rename with an older file left beside it (`.1`, Docker),
/// by replacing the file (conmon: the old one lives on only as long as we hold it open), and by truncation.
final class LogFile {
    enum Change {
        case none, replaced, truncated
    }

    private static let fingerprintBytes: Int64 = 1024
    private static let keptFiles = 9

    let path: String
    private(set) var offset: Int64 = 0
    private var descriptor: Int32 = -1
    private var device: UInt64 = 0
    private var inode: UInt64 = 0
    private var settledFingerprint: Int64?

    init(path: String) {
        self.path = path
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    var isOpen: Bool { descriptor >= 0 }

    /// Opens the file that was read up to `cursor`, at that place; the oldest there is when that one is gone.
    ///
    /// - Returns: Whether there is a file; its writer may not have made it yet.
    func open(at cursor: LogCursor) throws(LogFileError) -> Bool {
        for candidate in candidates() where Int64(bitPattern: candidate.inode) == cursor.inode {
            guard try open(candidate.path) else { continue }
            let size = try describe().st_size
            offset = cursor.offset
            if size >= cursor.offset, try fingerprint() == cursor.fingerprint { return true }
            offset = 0
            settledFingerprint = nil
        }
        return try openOldest()
    }

    /// Goes on to the file that followed this one.
    func openNext() throws(LogFileError) -> Bool {
        let existing = candidates()
        guard let index = existing.firstIndex(where: { $0.inode == inode && $0.device == device }) else { return try openOldest() }
        return index == 0 ? true : try open(existing[index - 1].path)
    }

    /// Begins again after the file was truncated.
    func restart() {
        offset = 0
        settledFingerprint = nil
    }

    /// Reads from the present place without going on.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogFileError) -> Int {
        let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
        guard count >= 0 else { throw LogFileError(path: path, operation: "read", number: errno) }
        return count
    }

    func advance(by count: Int) {
        offset += Int64(count)
    }

    /// What happened to the file since it was opened.
    func change() throws(LogFileError) -> Change {
        if try describe().st_size < offset { return .truncated }
        var current = stat()
        // Without a file at the path there is nothing to go on to.
        guard stat(path, &current) == 0 else { return .none }
        return UInt64(current.st_ino) == inode && UInt64(current.st_dev) == device ? .none : .replaced
    }

    /// Where reading stands.
    func cursor(version: Int64, state: TailState) throws(LogFileError) -> LogCursor {
        LogCursor(
            version: version, inode: Int64(bitPattern: inode), offset: offset, fingerprint: try fingerprint(), state: state.json)
    }

    private func openOldest() throws(LogFileError) -> Bool {
        guard let oldest = candidates().last else { return false }
        return try open(oldest.path)
    }

    /// The files there are, newest first.
    private func candidates() -> [(path: String, device: UInt64, inode: UInt64)] {
        var found: [(path: String, device: UInt64, inode: UInt64)] = []
        for name in [path] + (1...Self.keptFiles).map({ "\(path).\($0)" }) {
            var status = stat()
            if stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                found.append((name, UInt64(status.st_dev), UInt64(status.st_ino)))
            }
        }
        return found
    }

    private func open(_ path: String) throws(LogFileError) -> Bool {
        let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            if errno == ENOENT { return false }
            throw LogFileError(path: path, operation: "open", number: errno)
        }
        if descriptor >= 0 { close(descriptor) }
        descriptor = opened
        restart()
        let status = try describe()
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        return true
    }

    private func describe() throws(LogFileError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw LogFileError(path: path, operation: "stat", number: errno) }
        return status
    }

    /// FNV-1a over the file's first bytes, as far as they were read; its lines begin with their times, so no two files are alike.
    private func fingerprint() throws(LogFileError) -> Int64 {
        if let settledFingerprint { return settledFingerprint }
        let length = Int(min(offset, Self.fingerprintBytes))
        var bytes = [UInt8](repeating: 0, count: length)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, length, 0) }
        guard count >= 0 else { throw LogFileError(path: path, operation: "read", number: errno) }
        let hash = bytes.prefix(count).reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let result = Int64(bitPattern: hash)
        if offset >= Self.fingerprintBytes { settledFingerprint = result }
        return result
    }
}
