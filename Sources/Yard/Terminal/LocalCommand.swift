import Glibc

/// A program on the user's machine, given by its arguments; no shell reads them.
struct LocalCommand: Sendable {
    /// The program's name or path first.
    let arguments: [String]

    /// Becomes the program: it gets this process's terminal, id and, from then on, its signals.
    ///
    /// - Parameter variables: added to this process's own.
    /// - Throws: ``YardError``; it doesn't return otherwise.
    func replaceThisProcess(adding variables: [String: String]) throws(YardError) -> Never {
        guard let name = arguments.first else { throw .usage("no command was given") }
        // What this program changed of the signals would go on in the other.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGWINCH] { signal(number, SIG_DFL) }
        for (name, value) in variables { setenv(name, value, 1) }
        _ = Self.withPointers(arguments) { execvp(name, $0) }
        let reason = errno
        throw YardError(
            .notFound, code: "COMMAND_NOT_FOUND", "\(name) cannot be run: \(String(cString: strerror(reason)))", hint: "Is it in your PATH?"
        )
    }

    /// Starts the program and doesn't wait for it; without a word if it isn't there.
    func startInBackground() {
        guard let name = arguments.first else { return }
        var process = pid_t()
        _ = Self.withPointers(arguments) { posix_spawnp(&process, name, nil, nil, $0, environ) }
    }

    private static func withPointers<Result>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { pointers[index] = strdup(text) }
        pointers[texts.count] = nil
        defer {
            for index in texts.indices { free(pointers[index]) }
            pointers.deallocate()
        }
        return body(pointers)
    }
}
