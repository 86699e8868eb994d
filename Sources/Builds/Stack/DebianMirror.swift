import FoundationEssentials
import Glibc

/// Where this machine's own apt gets Debian from.
enum DebianMirror {
    static let standard = "http://deb.debian.org/debian"

    /// The first Debian archive among apt's sources; ``standard`` when there is none.
    static func ofThisMachine(folder: String = "/etc/apt") -> String {
        var files = [folder + "/sources.list"]
        if let stream = opendir(folder + "/sources.list.d") {
            while let entry = Glibc.readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                if name.hasSuffix(".list") || name.hasSuffix(".sources") { files.append("\(folder)/sources.list.d/\(name)") }
            }
            closedir(stream)
        }
        for file in files.sorted() {
            guard let data = FileManager.default.contents(atPath: file) else { continue }
            if let mirror = find(in: String(decoding: data, as: UTF8.self)) { return mirror }
        }
        return standard
    }

    /// The first URL of a Debian archive in a sources file of either format (sources.list(5)).
    static func find(in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let kind = words.first, kind == "deb" || kind == "URIs:" else { continue }
            if let url = words.dropFirst().first(where: { isArchive($0) }) { return String(url.last == "/" ? url.dropLast() : url) }
        }
        return nil
    }

    /// Mirrors carry Debian in a folder `debian`; the archive of security updates has another name.
    private static func isArchive(_ word: Substring) -> Bool {
        guard word.hasPrefix("http://") || word.hasPrefix("https://") else { return false }
        return word.split(separator: "/").last == "debian"
    }
}
