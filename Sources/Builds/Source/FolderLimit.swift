import Glibc
import Kernel

/// Bounds what a program writes into a folder, while it writes.
///
/// A limit on each file (`RLIMIT_FSIZE`) is exact, but lets a program write any number of files. This sees them all, some time later.
struct FolderLimit: Sendable {
    let path: String
    let maximumBytes: Int
    var interval: Duration = .milliseconds(200)

    /// Runs `body`; when the folder outgrows the limit, `body` is cancelled and awaited.
    /// - Throws: `failure`, or what `body` throws.
    func enforce<Value: Sendable>(
        or failure: SwitchyardError, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                repeat {
                    try await Task.sleep(for: interval)
                } while try await BlockingWork.run { Self.bytes(in: path) } <= maximumBytes
                return nil
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw failure }
            return value
        }
    }

    /// What the folder takes on the disk with all that is in it; links are not followed.
    static func bytes(in folder: String) -> Int {
        var bytes = 0
        var pending = [folder]
        while let path = pending.popLast() {
            guard let stream = opendir(path) else { continue }
            defer { closedir(stream) }
            while let entry = Glibc.readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                var status = stat()
                guard name != ".", name != "..", lstat(path + "/" + name, &status) == 0 else { continue }
                bytes += Int(status.st_blocks) * 512
                if status.st_mode & S_IFMT == S_IFDIR { pending.append(path + "/" + name) }
            }
        }
        return bytes
    }
}
