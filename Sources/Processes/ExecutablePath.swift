import Glibc

/// Finds programs as execvp(3) does.
enum ExecutablePath {
    /// The name itself when it holds a slash, otherwise the first executable of that name in `path`, or in our own `PATH`.
    static func find(_ name: String, path: String?) throws(ProcessError) -> String {
        if name.contains("/") { return name }
        let path = path ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in path.split(separator: ":") {
            let candidate = "\(folder)/\(name)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw ProcessError(.notFound, "there is no program \(name) in \(path)")
    }
}
