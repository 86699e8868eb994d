import FoundationEssentials
import Glibc

/// The file that holds the ``Configuration``: readable by its owner alone, replaced as a whole, changed by one process at a time.
struct ConfigurationStore: Sendable {
    let directory: String

    /// `SWITCHYARD_CONFIG_DIR`, or `switchyard` in `XDG_CONFIG_HOME` or `~/.config`.
    init(surroundings: Surroundings) throws(YardError) {
        if let directory = surroundings.variable("SWITCHYARD_CONFIG_DIR") {
            self.directory = directory
        } else if let base = surroundings.variable("XDG_CONFIG_HOME") ?? surroundings.variable("HOME").map({ $0 + "/.config" }) {
            directory = base + "/switchyard"
        } else {
            throw YardError(
                .failed, code: "CONFIG_UNREADABLE", "there is no HOME to keep the configuration in", hint: "Set SWITCHYARD_CONFIG_DIR.")
        }
    }

    private var path: String { directory + "/config.json" }

    /// The configuration; an empty one when there is no file yet.
    func load() throws(YardError) -> Configuration {
        let text: Data
        do {
            guard FileManager.default.fileExists(atPath: path) else { return Configuration() }
            text = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw YardError(.failed, code: "CONFIG_UNREADABLE", "\(path) cannot be read: \(error)", hint: "Check its owner and mode.")
        }
        do {
            return try JSONCoding.decode(Configuration.self, from: text)
        } catch {
            throw YardError(
                .failed, code: "CONFIG_INVALID", "\(path) is not the configuration of yard: \(JSONCoding.explain(error))",
                hint: "Repair the file, or delete it and run `yard login`.")
        }
    }

    /// Loads, changes and saves, while no other process does.
    @discardableResult
    func update(_ change: (inout Configuration) throws -> Void) throws -> Configuration {
        guard mkdirs(directory) else { throw unwritable() }
        let lock = open(directory + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else { throw unwritable() }
        defer { close(lock) }
        var configuration = try load()
        try change(&configuration)
        try save(JSONCoding.text(of: configuration))
        return configuration
    }

    private func save(_ text: String) throws(YardError) {
        let temporary = "\(path).\(getpid())"
        let file = open(temporary, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unwritable() }
        let bytes = Array(text.utf8)
        let isWritten = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count && fsync(file) == 0
        close(file)
        guard isWritten, rename(temporary, path) == 0 else {
            let error = unwritable()
            unlink(temporary)
            throw error
        }
    }

    private func mkdirs(_ directory: String) -> Bool {
        let parent = directory.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        if !parent.isEmpty, directory.hasPrefix("/"), access(parent, F_OK) != 0, !mkdirs(parent) { return false }
        return mkdir(directory, 0o700) == 0 || errno == EEXIST
    }

    private func unwritable() -> YardError {
        YardError(
            .failed, code: "CONFIG_UNWRITABLE", "\(path) cannot be written: \(String(cString: strerror(errno)))",
            hint: "Check the folder's owner and mode, or set SWITCHYARD_CONFIG_DIR.")
    }
}
