import Testing

@testable import PostgresClient

@Suite("Queues and timers")
struct QueueTests {
    @Test("first in, first out, also over many turns")
    func order() {
        var queue = FirstInFirstOut<Int>()
        var (next, expected) = (0, 0)
        for turn in 0..<500 {
            for _ in 0..<(turn % 7) {
                queue.append(next)
                next += 1
            }
            for _ in 0..<(turn % 5) {
                guard let value = queue.popFirst() else { break }
                #expect(value == expected)
                expected += 1
            }
            #expect(queue.count == next - expected)
        }
        queue.prepend(-1)
        #expect(queue.first == -1)
        #expect(queue.removeAll() == [-1] + Array(expected..<next))
        #expect(queue.isEmpty && queue.popFirst() == nil)
        queue.prepend(1)
        #expect(queue.elements == [1])
    }

    @Test("timers fire in the order of their times, and not when they were cancelled")
    func timers() {
        var timers = TimerQueue()
        let now = ContinuousClock.now
        var fired: [Int] = []
        #expect(timers.millisecondsToNext(from: now) == -1)
        _ = timers.add(at: now + .milliseconds(20)) { fired.append(2) }
        _ = timers.add(at: now + .milliseconds(10)) { fired.append(1) }
        let cancelled = timers.add(at: now + .milliseconds(15)) { fired.append(3) }
        _ = timers.add(at: now + .milliseconds(30)) { fired.append(4) }
        timers.remove(cancelled)
        #expect(timers.millisecondsToNext(from: now) == 11)
        #expect(timers.millisecondsToNext(from: now + .milliseconds(50)) == 0)
        for action in timers.takeDue(at: now + .milliseconds(20)) { action() }
        #expect(fired == [1, 2])
    }

    @Test("an outage makes callers wait, then gives up, and tries again later")
    func reachability() {
        var reachability = Reachability(patience: .seconds(5))
        let start = ContinuousClock.now
        let refused = PostgresError(message: "connection refused", isConnectionLoss: true)
        #expect(reachability.advice(at: start) == .connect)
        reachability.failed(refused, at: start)
        #expect(reachability.advice(at: start) == .wait(.milliseconds(50)))
        #expect(reachability.advice(at: start + .milliseconds(50)) == .connect)
        reachability.failed(refused, at: start + .seconds(5))
        #expect(reachability.advice(at: start + .seconds(5)) == .giveUp(refused))
        #expect(reachability.advice(at: start + .seconds(7)) == .connect)
        reachability.connected()
        let wrongPassword = PostgresError(message: "FATAL:  password authentication failed", isConnectionLoss: true)
        reachability.failed(wrongPassword, at: start)
        #expect(reachability.advice(at: start) == .giveUp(wrongPassword))
        #expect(!Reachability.isLasting(PostgresError(message: "FATAL:  the database system is starting up", isConnectionLoss: true)))
    }
}
