import FoundationEssentials
import Kernel
public import Logging
import Resources

/// Follows the log files of all containers on this machine: one loop looks at each in turn, so a hundred quiet ones cost next to
/// nothing, and a container that writes without end is read no more often than the others.
public actor LogIngest {
    private static let pauseWhenBusy = Duration.milliseconds(100)
    private static let pauseWhenQuiet = Duration.milliseconds(250)
    /// Files stay in the table of places as long as they are followed.
    private static let touching = Duration.seconds(3_600)

    private struct Follower {
        var tailer: ContainerLogTailer
        /// Who waits for the file's last lines; set once the container has ended.
        var drains: [AsyncStream<Bool>.Continuation] = []
        var hasProblem = false
    }

    private let writer: LogWriter
    private let settings: LogSettings
    private let logger: Logger
    private var followers: [String: Follower] = [:]
    private var isWaitingForPlaces = false

    public init(writer: LogWriter, settings: LogSettings, logger: Logger) {
        self.writer = writer
        self.settings = settings
        self.logger = logger
    }

    /// Follows a container's log from where it was left, by whichever process; from its beginning the first time.
    ///
    /// - Parameters:
    ///   - source: The container's id, or another name that stays with its log as long as it exists.
    ///   - path: The engine's log file: Podman's `k8s-file` or Docker's `json-file`, which are told apart by their content. It need
    ///     not exist yet.
    ///   - replica: The replica's index.
    public func follow(_ source: String, path: String, origin: LogOrigin, replica: Int) {
        guard followers[source] == nil else { return }
        followers[source] = Follower(
            tailer: ContainerLogTailer(source: source, path: path, origin: origin, replica: replica, settings: settings))
    }

    /// The sources that are followed.
    public var sources: Set<String> {
        Set(followers.keys)
    }

    /// Stops following a container whose log goes on; another call of ``follow(_:path:origin:replica:)`` goes on from here.
    public func stop(_ source: String) {
        guard let follower = followers.removeValue(forKey: source) else { return }
        for drain in follower.drains { drain.finish() }
    }

    /// Reads the log of a container that has ended to its end and returns when all is kept: only then remove the container.
    ///
    /// - Throws: `LOGS_NOT_DRAINED` when it takes longer than `limit`; the rest is still being read.
    public func drainAndStop(_ source: String, within limit: Duration = .seconds(10)) async throws {
        guard followers[source] != nil else { return }
        let (stream, continuation) = AsyncStream<Bool>.makeStream()
        followers[source]?.drains.append(continuation)
        let writer = writer
        let isDrained = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await isRead in stream where isRead {
                    try await writer.flush()
                    return true
                }
                return false
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        guard isDrained else {
            throw SwitchyardError(
                .timeout, code: "LOGS_NOT_DRAINED", "the last lines of \(source) were not kept within \(limit)",
                hint: "check that PostgreSQL is running, then try again")
        }
    }

    /// Reads until cancelled. What was read and not kept is read again at the next start.
    public func run() async {
        let buffer = ContainerLogTailer.makeBuffer()
        defer { buffer.deallocate() }
        var lastTouch = ContinuousClock.now
        while !Task.isCancelled {
            let isBusy = await look(using: buffer)
            if ContinuousClock.now - lastTouch > Self.touching {
                lastTouch = .now
                await touch()
            }
            try? await Task.sleep(for: isBusy ? Self.pauseWhenBusy : Self.pauseWhenQuiet)
        }
    }

    /// Looks at each file once.
    ///
    /// - Returns: Whether any had news.
    private func look(using buffer: UnsafeMutableRawBufferPointer) async -> Bool {
        for source in await writer.takeOvertaken() { followers[source]?.tailer.forgetCursor() }
        await loadCursors()
        var isBusy = false
        for source in followers.keys.sorted() {
            guard !Task.isCancelled else { break }
            guard let follower = followers[source], !follower.tailer.needsCursor else { continue }
            do {
                let (lines, isAtEnd) = try follower.tailer.advance(using: buffer, isEnded: !follower.drains.isEmpty)
                followers[source]?.hasProblem = false
                isBusy = isBusy || lines != nil || !isAtEnd
                if let lines { await writer.append(lines) }
                if isAtEnd { finish(source, asked: follower.drains.count) }
            } catch {
                report(error, of: source)
            }
        }
        return isBusy
    }

    /// Ends following when that was asked for before the last look.
    private func finish(_ source: String, asked: Int) {
        guard asked > 0, let follower = followers.removeValue(forKey: source) else { return }
        for drain in follower.drains {
            drain.yield(true)
            drain.finish()
        }
    }

    private func loadCursors() async {
        let missing = followers.values.filter(\.tailer.needsCursor).map(\.tailer.source)
        guard !missing.isEmpty else { return }
        do {
            let cursors = try await writer.table.cursors(of: missing)
            for source in missing { followers[source]?.tailer.resume(at: cursors[source] ?? LogCursor()) }
            isWaitingForPlaces = false
        } catch {
            // Said once: the next look comes soon.
            if !isWaitingForPlaces {
                logger.warning("places in log files could not be loaded", metadata: ["error": "\(error)"])
            }
            isWaitingForPlaces = true
        }
    }

    private func touch() async {
        do {
            _ = try await writer.table.cursors(of: Array(followers.keys))
        } catch {
            logger.warning("places in log files could not be touched", metadata: ["error": "\(error)"])
        }
    }

    /// Says once what is wrong with a file; it is tried again all the time. A container that has ended isn't held up by it.
    private func report(_ error: any Error, of source: String) {
        guard let follower = followers[source] else { return }
        if !follower.hasProblem {
            logger.warning("a container's log can't be read", metadata: ["source": "\(source)", "error": "\(error)"])
        }
        followers[source]?.hasProblem = true
        if !follower.drains.isEmpty { finish(source, asked: follower.drains.count) }
    }
}
