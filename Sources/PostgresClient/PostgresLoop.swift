internal import CLinux
internal import Synchronization

/// The thread that all connections of a client live on: it waits for their sockets, runs jobs that other threads hand in, and keeps timers.
///
/// `@unchecked Sendable`: `inbox` is guarded by its mutex; `sources` and `timers` are touched by the loop's own thread only.
final class PostgresLoop: @unchecked Sendable {
    /// What is told when its descriptor is ready; called on the loop's thread.
    protocol Source: AnyObject {
        func ready(readable: Bool, writable: Bool)
    }

    private struct Inbox {
        var jobs: [@Sendable () -> Void] = []
        var isAwake = false
        var isOpen = true
    }

    private let epoll: Int32
    private let wake: Int32
    private let inbox = Mutex(Inbox())
    private var sources: [Int32: any Source] = [:]
    private var timers = TimerQueue()

    /// Starts the thread. When the system refuses, the loop is born stopped and takes no job.
    init() {
        epoll = clinux_epoll_create()
        wake = clinux_eventfd_create()
        guard epoll >= 0, wake >= 0, clinux_epoll_add(epoll, wake, 0) == 0, BackgroundThread.start({ self.run() }) else {
            inbox.withLock { $0.isOpen = false }
            return
        }
    }

    /// The thread holds the loop, so it has ended, and nobody can wake it any more.
    deinit {
        closeDescriptor(epoll)
        closeDescriptor(wake)
    }

    /// Runs `job` on the loop's thread, after those handed in before. False: the loop has stopped, and the job will not run.
    @discardableResult
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, mustWake) = inbox.withLock { inbox in
            guard inbox.isOpen else { return (false, false) }
            inbox.jobs.append(job)
            defer { inbox.isAwake = true }
            return (true, !inbox.isAwake)
        }
        if mustWake { _ = clinux_eventfd_signal(wake) }
        return isTaken
    }

    /// Ends the thread after the jobs handed in so far.
    func stop() {
        submit {
            self.inbox.withLock { $0.isOpen = false }
        }
    }

    // MARK: On the loop's thread

    func watch(_ descriptor: Int32, _ source: any Source) -> Bool {
        guard clinux_epoll_add(epoll, descriptor, 0) == 0 else { return false }
        sources[descriptor] = source
        return true
    }

    func watch(_ descriptor: Int32, forWriting: Bool) {
        _ = clinux_epoll_change(epoll, descriptor, forWriting ? 1 : 0)
    }

    func unwatch(_ descriptor: Int32) {
        sources[descriptor] = nil
        _ = clinux_epoll_remove(epoll, descriptor)
    }

    @discardableResult
    func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerQueue.ID {
        timers.add(at: .now + delay, action)
    }

    func cancel(_ timer: TimerQueue.ID) {
        timers.remove(timer)
    }

    private func run() {
        let ready = UnsafeMutablePointer<clinux_ready>.allocate(capacity: 64)
        var jobs: [@Sendable () -> Void] = []
        defer { ready.deallocate() }
        while true {
            jobs.removeAll(keepingCapacity: jobs.count < 1024)
            let isOpen = inbox.withLock { inbox in
                inbox.isAwake = false
                swap(&inbox.jobs, &jobs)
                return inbox.isOpen
            }
            for job in jobs { job() }
            guard isOpen else { return }
            for action in timers.takeDue(at: .now) { action() }
            let count = clinux_epoll_wait(epoll, ready, 64, timers.millisecondsToNext(from: .now))
            guard count > 0 else { continue }
            for event in UnsafeBufferPointer(start: ready, count: Int(count)) {
                if event.descriptor == wake {
                    _ = clinux_eventfd_drain(wake)
                } else {
                    sources[event.descriptor]?.ready(readable: event.readable != 0, writable: event.writable != 0)
                }
            }
        }
    }
}
