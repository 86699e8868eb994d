import Glibc

/// Writes the contents of a folder into a tar archive: sorted, with modes, without owners, so that the same files give the
/// same bytes; and without what `.gitignore` and `.yardignore` leave out.
///
/// `.git` is never included. Links are kept as links if they stay in the folder; others, and what is neither file, folder nor
/// link, are left out with a warning.
public struct ArchiveWriter: Sendable {
    public enum Compression: Hashable, Sendable {
        case none
        /// gzip, level 1: on source code nearly as small as the default level, at a third of its time.
        case fastGzip
    }

    /// What one archive may hold at most.
    public struct Limits: Hashable, Sendable {
        public var entries: Int
        /// The sum of the files' sizes, before compression.
        public var bytes: Int64

        public init(entries: Int = 200_000, bytes: Int64 = 4 << 30) {
            self.entries = entries
            self.bytes = bytes
        }
    }

    /// What was written.
    public struct Summary: Hashable, Sendable {
        public var files: Int = 0
        /// The sum of the files' sizes, before compression.
        public var bytes: Int64 = 0
        /// Sentences about what was left out though no rule says so.
        public var warnings: [String] = []
    }

    private let compression: Compression
    private let limits: Limits

    public init(compression: Compression = .fastGzip, limits: Limits = Limits()) {
        self.compression = compression
        self.limits = limits
    }

    /// Writes the archive of a folder to an open file, from its present position. The caller closes the file.
    public func write(folder: String, to descriptor: Int32) throws(ArchiveWriterError) -> Summary {
        var listing = ArchiveWriterListing(root: folder, limits: limits)
        try listing.read()
        let stream = try ArchiveWriterStream.open(descriptor: descriptor, compression: compression)
        for entry in listing.entries {
            try stream.append(entry, root: folder)
        }
        try stream.finish()
        return Summary(files: listing.files, bytes: listing.bytes, warnings: listing.warnings)
    }
}

/// One thing to write, found by ``ArchiveWriterListing``.
struct ArchiveWriterEntry: Sendable {
    enum Kind: Sendable {
        case file(size: Int64)
        case folder
        case link(target: String)
    }

    /// Relative to the root, without a leading slash.
    var path: String
    var kind: Kind
    /// The nine permission bits.
    var mode: mode_t
    /// Seconds since 1970.
    var modified: Int
}
