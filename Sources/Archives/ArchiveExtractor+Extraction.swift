import CArchive
import Glibc

extension ArchiveExtractor {
    /// One unpacking under way.
    struct Extraction {
        let limits: Limits
        let root: String
        let reader: OpaquePointer
        let writer: OpaquePointer
        let archiveBytes: Int
        private var files: Set<EntryPath> = []
        private var links = LinkTable()
        private var entries = 0
        private var bytes = 0

        init(limits: Limits, root: String, reader: OpaquePointer, writer: OpaquePointer, archiveBytes: Int) {
            self.limits = limits
            self.root = root
            self.reader = reader
            self.writer = writer
            self.archiveBytes = archiveBytes
        }

        mutating func run(isCancelled: () -> Bool) throws(ArchiveError) {
            var entry: OpaquePointer?
            while true {
                guard !isCancelled() else { throw ArchiveError(.cancelled, "unpacking was cancelled") }
                let result = archive_read_next_header(reader, &entry)
                if result == ARCHIVE_EOF { return }
                guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry else {
                    let code: ArchiveError.Code = entries == 0 ? .notAnArchive : .damaged
                    let text = entries == 0 ? "not a tar or zip archive" : "the archive is damaged after \(entries) entries"
                    throw ArchiveError(code, "\(text): \(ArchiveExtractor.message(reader))")
                }
                entries += 1
                guard entries <= limits.maximumFiles else {
                    throw ArchiveError(.tooManyFiles, "the archive has more than \(limits.maximumFiles) entries")
                }
                try take(entry, isCancelled: isCancelled)
            }
        }

        private mutating func take(_ entry: OpaquePointer, isCancelled: () -> Bool) throws(ArchiveError) {
            let name = try Self.name(archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry))
            let path = try EntryPath(name, maximumDepth: limits.maximumDepth)
            guard !links.covers(path) else {
                throw ArchiveError(.unsafeLink, "the entry \(ArchiveError.quoted(name)) lies behind a link of the same archive")
            }
            let type = archive_entry_filetype(entry) & S_IFMT
            if let target = archive_entry_hardlink_utf8(entry) ?? archive_entry_hardlink(entry) {
                try makeHardLink(at: path, to: Self.name(target))
                return
            }
            switch type {
            case S_IFDIR:
                if path.components.isEmpty { return }
                try write(entry, to: path, permissions: 0o755, isCancelled: isCancelled)
            case S_IFREG:
                let isExecutable = archive_entry_perm(entry) & 0o111 != 0
                try claim(path)
                try write(entry, to: path, permissions: isExecutable ? 0o755 : 0o644, isCancelled: isCancelled)
            case S_IFLNK:
                let target = try Self.name(archive_entry_symlink_utf8(entry) ?? archive_entry_symlink(entry))
                guard !files.contains(path), !path.components.isEmpty else { throw Self.conflict(path) }
                links.add(path, target: target)
            default:
                throw ArchiveError(
                    .unsupportedEntry,
                    "the entry \(ArchiveError.quoted(name)) is neither a file nor a folder nor a link (a device or a pipe)")
            }
        }

        /// Remembers a file's path; a second file of the same name replaces the first, as tar does it.
        private mutating func claim(_ path: EntryPath) throws(ArchiveError) {
            guard !path.components.isEmpty else { throw ArchiveError(.unsafePath, "a file has the name of the folder itself") }
            if !files.insert(path).inserted { unlink(location(path)) }
        }

        private mutating func write(
            _ entry: OpaquePointer, to path: EntryPath, permissions: mode_t, isCancelled: () -> Bool
        ) throws(ArchiveError) {
            let quoted = ArchiveError.quoted(path.text)
            if archive_entry_size_is_set(entry) != 0 {
                try checkBytes(Int(clamping: archive_entry_size(entry)))
            }
            guard let copy = archive_entry_new() else { throw ArchiveError(.system, "out of memory") }
            defer { archive_entry_free(copy) }
            archive_entry_copy_pathname(copy, location(path))
            archive_entry_set_filetype(copy, UInt32(archive_entry_filetype(entry)))
            archive_entry_set_perm(copy, permissions)
            if archive_entry_size_is_set(entry) != 0 { archive_entry_set_size(copy, archive_entry_size(entry)) }
            if archive_entry_mtime_is_set(entry) != 0 {
                archive_entry_set_mtime(copy, archive_entry_mtime(entry), archive_entry_mtime_nsec(entry))
            }
            guard archive_write_header(writer, copy) == ARCHIVE_OK else {
                throw ArchiveError(.system, "can't unpack \(quoted): \(ArchiveExtractor.message(writer))")
            }
            let written = try copyData(of: quoted, isCancelled: isCancelled)
            bytes += written
            guard archive_write_finish_entry(writer) == ARCHIVE_OK else {
                throw ArchiveError(.system, "can't unpack \(quoted): \(ArchiveExtractor.message(writer))")
            }
        }

        private func copyData(of quoted: String, isCancelled: () -> Bool) throws(ArchiveError) -> Int {
            var end = 0
            while true {
                var block: UnsafeRawPointer?
                var size = 0
                var offset: Int64 = 0
                let result = archive_read_data_block(reader, &block, &size, &offset)
                if result == ARCHIVE_EOF { return end }
                guard result == ARCHIVE_OK else {
                    throw ArchiveError(.damaged, "the archive is damaged in \(quoted): \(ArchiveExtractor.message(reader))")
                }
                guard !isCancelled() else { throw ArchiveError(.cancelled, "unpacking was cancelled") }
                end = max(end, Int(clamping: offset).addingReportingOverflow(size).partialValue)
                try checkBytes(end)
                guard size > 0 else { continue }
                guard archive_write_data_block(writer, block, size, offset) == ARCHIVE_OK else {
                    throw ArchiveError(.system, "can't write \(quoted): \(ArchiveExtractor.message(writer))")
                }
            }
        }

        /// Throws when this many more bytes would break a limit.
        private func checkBytes(_ more: Int) throws(ArchiveError) {
            let (total, overflow) = bytes.addingReportingOverflow(more)
            guard more >= 0, !overflow, total <= limits.maximumBytes else {
                throw ArchiveError(.tooManyBytes, "the archive unpacks to more than \(limits.maximumBytes) bytes")
            }
            if total > limits.ratioGraceBytes, total / max(1, archiveBytes) > limits.maximumRatio {
                throw ArchiveError(
                    .implausibleRatio, "the archive unpacks to more than \(limits.maximumRatio) times its own \(archiveBytes) bytes")
            }
        }

        /// Hard links lead to files of the same archive that came before; no symbolic link exists on the disk yet.
        private mutating func makeHardLink(at path: EntryPath, to target: String) throws(ArchiveError) {
            let targetPath = try EntryPath(target, maximumDepth: limits.maximumDepth)
            guard files.contains(targetPath), !links.covers(targetPath) else {
                throw ArchiveError(
                    .unsafeLink,
                    "the hard link \(ArchiveError.quoted(path.text)) leads to \(ArchiveError.quoted(target)), which is no file of the archive"
                )
            }
            if path == targetPath { return }
            try claim(path)
            try makeFolders(above: path)
            guard link(location(targetPath), location(path)) == 0 else {
                throw ArchiveError(.system, "can't link \(ArchiveError.quoted(path.text)): \(ArchiveExtractor.systemError())")
            }
        }

        func makeLinks() throws(ArchiveError) {
            try links.validate()
            // In order, so that a failure names the same link each time.
            for (path, target) in links.targets.sorted(by: { $0.key.text < $1.key.text }) {
                try makeFolders(above: path)
                guard symlink(target, location(path)) == 0 else {
                    if errno == EEXIST { throw Self.conflict(path) }
                    throw ArchiveError(.system, "can't link \(ArchiveError.quoted(path.text)): \(ArchiveExtractor.systemError())")
                }
            }
        }

        private func makeFolders(above path: EntryPath) throws(ArchiveError) {
            var folder = root
            for component in path.components.dropLast() {
                folder += "/" + component
                guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                    throw ArchiveError(
                        .system, "can't make a folder for \(ArchiveError.quoted(path.text)): \(ArchiveExtractor.systemError())")
                }
            }
        }

        private func location(_ path: EntryPath) -> String {
            root + "/" + path.text
        }

        private static func conflict(_ path: EntryPath) -> ArchiveError {
            ArchiveError(.conflictingEntries, "the archive has two entries \(ArchiveError.quoted(path.text)) of different kinds")
        }

        private static func name(_ text: UnsafePointer<CChar>?) throws(ArchiveError) -> String {
            guard let text else { throw ArchiveError(.unsafePath, "an entry has no readable name") }
            guard let name = String(validatingCString: text) else {
                throw ArchiveError(.unsafePath, "the name of the entry \(ArchiveError.quoted(String(cString: text))) is not UTF-8")
            }
            return name
        }
    }
}
