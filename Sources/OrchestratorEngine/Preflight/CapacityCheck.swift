import Glibc

/// Whether there is room on disk and in memory.
struct CapacityCheck: Sendable {
    var folders: [String]
    var memoryTable = "/proc/meminfo"

    // In bytes. The base image and one build need about 3 GiB of disk; the platform itself, its database and edge 300 MB.
    private static let leastDisk: Int64 = 2 << 30
    private static let goodDisk: Int64 = 10 << 30
    private static let leastMemory: Int64 = 900 << 20
    private static let goodMemory: Int64 = 1800 << 20

    func findings() -> [Finding] {
        var devices: Set<UInt> = []
        return memoryFindings() + folders.compactMap { diskFinding($0, seen: &devices) }
    }

    private func memoryFindings() -> [Finding] {
        var values: [Substring: Int64] = [:]
        for line in ProcessFiles.text(memoryTable).split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == ":" || $0 == " " })
            if words.count >= 2, let kibibytes = Int64(words[1]) { values[words[0]] = kibibytes << 10 }
        }
        guard let total = values["MemTotal"] else {
            return [Finding(.warning, "MEMORY_UNKNOWN", "the machine's memory can't be read from \(memoryTable)")]
        }
        let text = "\(total >> 20) MiB of memory, \((values["MemAvailable"] ?? 0) >> 20) MiB free"
        if total >= Self.goodMemory { return [Finding(.good, "MEMORY", text)] }
        return [
            Finding(total < Self.leastMemory ? .error : .warning, "MEMORY_LOW", text, remedy: "use a machine with at least 2 GiB of memory")
        ]
    }

    /// Nil when its file system was looked at already.
    private func diskFinding(_ folder: String, seen: inout Set<UInt>) -> Finding? {
        var path = folder
        // What isn't there yet will be made where its nearest parent is.
        while access(path, F_OK) != 0, let slash = path.lastIndex(of: "/") {
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        var file = stat()
        var system = statvfs()
        guard stat(path, &file) == 0, statvfs(path, &system) == 0 else {
            return Finding(.warning, "DISK_UNKNOWN", "the room at \(folder) can't be read")
        }
        guard seen.insert(UInt(file.st_dev)).inserted else { return nil }
        let free = Int64(system.f_bavail) * Int64(system.f_frsize)
        let text = "\(free >> 20) MiB free at \(folder)"
        if system.f_files > 0, system.f_favail < 50_000 {
            return Finding(.error, "DISK_INODES", "only \(system.f_favail) more files fit at \(folder)", remedy: "remove files there")
        }
        if free >= Self.goodDisk { return Finding(.good, "DISK", text) }
        return Finding(
            free < Self.leastDisk ? .error : .warning, "DISK_LOW", text, remedy: "free at least 10 GiB, or use another data folder")
    }
}
