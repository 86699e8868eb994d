extension ArchiveExtractor {
    /// What an archive may unpack to. The defaults suit the source of one service.
    public struct Limits: Hashable, Sendable {
        /// Bytes of all files together, holes counted.
        public var maximumBytes: Int
        /// Entries of any kind.
        public var maximumFiles: Int
        /// Folders above an entry.
        public var maximumDepth: Int
        /// Unpacked bytes for each byte of the archive, asked once more than ``ratioGraceBytes`` were unpacked.
        public var maximumRatio: Int
        /// Unpacked bytes up to which the ratio doesn't matter.
        public var ratioGraceBytes: Int

        public init(
            maximumBytes: Int = 4 << 30, maximumFiles: Int = 200_000, maximumDepth: Int = 64, maximumRatio: Int = 200,
            ratioGraceBytes: Int = 64 << 20
        ) {
            self.maximumBytes = maximumBytes
            self.maximumFiles = maximumFiles
            self.maximumDepth = maximumDepth
            self.maximumRatio = maximumRatio
            self.ratioGraceBytes = ratioGraceBytes
        }
    }
}
