import Archives
import Kernel

extension ArchiveError {
    /// For users: they sent the archive.
    var asSwitchyardError: SwitchyardError {
        switch code {
        case .tooManyBytes, .tooManyFiles, .tooDeep, .implausibleRatio:
            SwitchyardError(
                .tooLarge, code: "SOURCE_TOO_LARGE", message, hint: "leave out what the build doesn't need (.yardignore)", cause: self)
        case .notAnArchive, .damaged:
            SwitchyardError(
                .invalid, code: "SOURCE_UNREADABLE", message, hint: "send a tar (plain, gzip, zstd) or zip archive", cause: self)
        case .unsafePath, .unsafeLink, .unsupportedEntry, .conflictingEntries:
            SwitchyardError(.invalid, code: "SOURCE_UNSAFE", message, hint: "leave this entry out of the source (.yardignore)", cause: self)
        case .cancelled, .system: SwitchyardError(.internalFault, code: "SOURCE_UNREADABLE", message, cause: self)
        }
    }
}
