import CArchive
import Glibc

/// libarchive's writer, for one archive.
struct ArchiveWriterStream: ~Copyable {
    private let archive: OpaquePointer

    private init(archive: OpaquePointer) {
        self.archive = archive
    }

    static func open(descriptor: Int32, compression: ArchiveWriter.Compression) throws(ArchiveWriterError) -> ArchiveWriterStream {
        guard let archive = archive_write_new() else { throw ArchiveWriterError(.notWritten, "no memory for the archive") }
        let stream = ArchiveWriterStream(archive: archive)
        try stream.configure(descriptor: descriptor, compression: compression)
        return stream
    }

    /// GNU's tar format: it carries long names and raw UTF-8 whatever the locale is, where pax needs one to translate names.
    private borrowing func configure(descriptor: Int32, compression: ArchiveWriter.Compression) throws(ArchiveWriterError) {
        try check(archive_write_set_format_gnutar(archive))
        if compression == .fastGzip {
            try check(archive_write_add_filter_gzip(archive))
            try check(archive_write_set_filter_option(archive, "gzip", "compression-level", "1"))
            // Without the time of writing in gzip's header, the same files give the same bytes.
            try check(archive_write_set_filter_option(archive, "gzip", "timestamp", nil))
        }
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        try check(archive_write_open_fd(archive, descriptor))
    }

    deinit {
        archive_write_free(archive)
    }

    borrowing func append(_ item: ArchiveWriterEntry, root: String) throws(ArchiveWriterError) {
        guard let entry = archive_entry_new() else { throw ArchiveWriterError(.notWritten, "no memory for the archive") }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, item.path)
        archive_entry_set_mtime(entry, item.modified, 0)
        archive_entry_set_perm(entry, item.mode)
        switch item.kind {
        case .folder:
            archive_entry_set_filetype(entry, S_IFDIR)
            try check(archive_write_header(archive, entry))
        case .link(let target):
            archive_entry_set_filetype(entry, S_IFLNK)
            archive_entry_set_symlink(entry, target)
            try check(archive_write_header(archive, entry))
        case .file(let size):
            archive_entry_set_filetype(entry, S_IFREG)
            archive_entry_set_size(entry, size)
            // Opened before its header is written: what cannot be read fails with its name.
            let descriptor = Glibc.open("\(root)/\(item.path)", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { throw ArchiveWriterListing.unreadable(item.path) }
            defer { close(descriptor) }
            try check(archive_write_header(archive, entry))
            try copy(descriptor, size: size, path: item.path)
        }
    }

    borrowing func finish() throws(ArchiveWriterError) {
        try check(archive_write_close(archive))
    }

    /// Writes exactly `size` bytes, as the header says: what a file gained since then is left out, what it lost is an error.
    private borrowing func copy(_ descriptor: Int32, size: Int64, path: String) throws(ArchiveWriterError) {
        var left = Int(size)
        while left > 0 {
            var readError: Int32 = 0
            let part = [UInt8](unsafeUninitializedCapacity: min(left, 1 << 18)) { buffer, count in
                var result = Glibc.read(descriptor, buffer.baseAddress, min(left, buffer.count))
                while result < 0, errno == EINTR { result = Glibc.read(descriptor, buffer.baseAddress, min(left, buffer.count)) }
                if result < 0 { readError = errno }
                count = max(0, result)
            }
            if readError != 0 {
                errno = readError
                throw ArchiveWriterListing.unreadable(path)
            }
            guard !part.isEmpty else {
                throw ArchiveWriterError(
                    .changed, "\(path) became shorter while it was read", hint: "Try again when nothing writes to the folder.")
            }
            let written = part.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
            guard written == part.count else { throw failure() }
            left -= part.count
        }
    }

    private borrowing func check(_ result: Int32) throws(ArchiveWriterError) {
        guard result == ARCHIVE_OK else { throw failure() }
    }

    private borrowing func failure() -> ArchiveWriterError {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown reason"
        return ArchiveWriterError(.notWritten, "the archive cannot be written: \(reason)", hint: "Is there room in the temporary folder?")
    }
}
