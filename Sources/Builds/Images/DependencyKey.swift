import Crypto
import FoundationEssentials
import Glibc

/// What an image of dependencies is made from, as one hash: the base images, the files, the commands and the variables that
/// reach them. The same key means that nothing has to be installed.
struct DependencyKey {
    private var hash = SHA256()

    /// Each part with its length, so that no two lists of parts run together to the same bytes.
    mutating func add(_ parts: [String]) {
        hash.update(data: Data("\(parts.count):".utf8))
        for part in parts {
            hash.update(data: Data("\(part.utf8.count):".utf8))
            hash.update(data: Data(part.utf8))
        }
    }

    mutating func add(_ values: [String: String]) {
        add(values.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }

    mutating func add(file path: String, name: String) {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        add([name, "\(data.count)"])
        hash.update(data: data)
    }

    /// All files below a folder, with their paths, kinds and whether they can be run.
    mutating func add(folder: String) {
        let paths = ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".git/") }.sorted()
        for path in paths {
            var status = stat()
            guard lstat(folder + "/" + path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG: add(file: folder + "/" + path, name: status.st_mode & 0o100 == 0 ? path : path + " x")
            case S_IFLNK: add([path, (try? FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + path)) ?? ""])
            default: break
            }
        }
    }

    /// 24 hexadecimal digits.
    func finish() -> String {
        String(hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().prefix(24))
    }
}
