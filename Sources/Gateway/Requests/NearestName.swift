/// What somebody probably meant who mistyped a name.
enum NearestName {
    /// Nil when none is near. Case and separators don't count, so `start_command` is as good as `startCommand`.
    static func find(_ name: String, among known: [String]) -> String? {
        // A name of megabytes is nobody's slip.
        guard name.utf8.count <= 64 else { return nil }
        let wanted = plain(name)
        let near = known.map { (name: $0, distance: distance(wanted, plain($0))) }.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let near, near.distance <= max(1, wanted.count / 3) else { return nil }
        return near.name
    }

    private static func plain(_ name: String) -> [UInt8] {
        name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
    }

    /// How many letters have to be put in, taken out, replaced, or swapped with their neighbour.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var row = Array(0...right.count)
        for i in 0..<left.count {
            var next = [i + 1]
            for j in 0..<right.count {
                var best = min(row[j + 1] + 1, next[j] + 1, row[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { best = min(best, before[j - 1] + 1) }
                next.append(best)
            }
            before = row
            row = next
        }
        return row[right.count]
    }
}
