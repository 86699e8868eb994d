import CArchive
import Glibc

/// Unpacks an archive that nobody vouches for: tar (plain, gzip, zstd) and zip, told apart by their content.
///
/// Only regular files, folders, and links that stay inside are taken. Owners, set-id bits and extended attributes are not.
/// Symbolic links are made last, so that no file is ever written through one.
public struct ArchiveExtractor: Sendable {
    public var limits: Limits

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Unpacks into a folder that must exist and that nobody else writes to. Blocks; what was unpacked stays when it throws.
    ///
    /// - Parameter isCancelled: asked between blocks; true ends the work with ``ArchiveError/Code/cancelled``.
    public func extract(
        archiveAt path: String, into directory: String, isCancelled: () -> Bool = { false }
    ) throws(ArchiveError) {
        guard let root = realpath(directory, nil) else {
            throw ArchiveError(.system, "can't open the folder \(ArchiveError.quoted(directory)): \(Self.systemError())")
        }
        defer { free(root) }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ArchiveError(.system, "can't open the archive \(ArchiveError.quoted(path)): \(Self.systemError())")
        }
        guard let reader = archive_read_new(), let writer = archive_write_disk_new() else {
            throw ArchiveError(.system, "out of memory")
        }
        defer {
            archive_read_free(reader)
            archive_write_free(writer)
        }
        for support in [
            archive_read_support_filter_gzip, archive_read_support_filter_zstd, archive_read_support_format_tar,
            archive_read_support_format_zip,
        ] {
            // Not ARCHIVE_OK means that the library lacks a filter and would start a program for it: then it isn't supported.
            guard support(reader) == ARCHIVE_OK else { throw ArchiveError(.system, "libarchive lacks a format: \(Self.message(reader))") }
        }
        archive_write_disk_set_options(
            writer,
            ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT)
        guard archive_read_open_filename(reader, path, 1 << 16) == ARCHIVE_OK else {
            throw ArchiveError(.notAnArchive, "not a tar or zip archive: \(Self.message(reader))")
        }
        var extraction = Extraction(
            limits: limits, root: String(cString: root), reader: reader, writer: writer, archiveBytes: Int(status.st_size))
        try extraction.run(isCancelled: isCancelled)
        guard archive_write_close(writer) == ARCHIVE_OK else {
            throw ArchiveError(.system, "can't finish unpacking: \(Self.message(writer))")
        }
        try extraction.makeLinks()
    }

    static func message(_ archive: OpaquePointer) -> String {
        archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
    }

    static func systemError() -> String {
        String(cString: strerror(errno))
    }
}
