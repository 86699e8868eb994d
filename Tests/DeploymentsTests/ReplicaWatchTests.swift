import Resources
import Testing

@testable import Deployments

struct ReplicaWatchTests {
    private let start = ContinuousClock.now
    private var settings = ServiceSettings(restartPolicyMaxRetries: 3)

    private func watch(_ state: ReplicaState = .healthy, restarts: Int = 0) -> ReplicaWatch {
        ReplicaWatch(state: state, restarts: restarts, now: start)
    }

    @Test("one failed check changes nothing, three in a row take a replica out, one success brings it back")
    func unhealthyLeavesAndReturns() {
        var watch = watch()
        #expect(watch.failed("slow") == .none)
        #expect(watch.failed("slow") == .none)
        #expect(watch.failed("slow") == .become(.unhealthy, message: "slow"))
        #expect(watch.failed("slow") == .none)
        #expect(watch.succeeded(at: start) == .become(.healthy, message: nil))
        #expect(watch.failed("slow") == .none)
    }

    @Test("a crash is followed by a restart at once, then after 1, 2, 4 s, and by CRASHED when the tries are used up")
    func crashesAreRetried() {
        var watch = watch()
        var now = start
        for pause in [0, 1, 2] as [Int64] {
            guard case .become(.restarting, _) = watch.exited(code: 1, outOfMemory: false, settings: settings, at: now) else {
                Issue.record("not restarting")
                return
            }
            if pause > 0 { #expect(watch.due(at: now + .seconds(pause) - .milliseconds(1)) == .none) }
            now += .seconds(pause)
            #expect(watch.due(at: now) == .restart)
            #expect(watch.due(at: now) == .none)
        }
        guard case .become(.crashed, let message) = watch.exited(code: 1, outOfMemory: false, settings: settings, at: now) else {
            Issue.record("not crashed")
            return
        }
        #expect(message?.contains("3 times") == true)
        #expect(watch.exited(code: 1, outOfMemory: false, settings: settings, at: now) == .none)
    }

    @Test("one that ended with the machine is started without counting it, and is healthy again when it answers")
    func endOfTheMachineIsNoCrash() {
        var watch = watch(restarts: 2)
        #expect(watch.startedAgain(at: start) == .restart)
        #expect(watch.state == .starting)
        #expect(watch.succeeded(at: start) == .become(.healthy, message: nil))
        #expect(watch.restarts == 2)
    }

    @Test("after ten minutes without a crash the count begins anew")
    func oldCrashesAreForgiven() {
        var watch = watch(restarts: 3)
        #expect(watch.succeeded(at: start + .seconds(601)) == .none)
        #expect(watch.restarts == 0)
    }

    @Test(
        "the policy says whether one that ended by itself is started again",
        arguments: [
            (RestartPolicy.onFailure, 0, ReplicaState.exited), (.onFailure, 1, .restarting), (.always, 0, .restarting),
            (.never, 0, .exited), (.never, 1, .crashed),
        ])
    func policyDecides(policy: RestartPolicy, code: Int, state: ReplicaState) {
        var watch = watch()
        var settings = settings
        settings.restartPolicy = policy
        guard case .become(let next, _) = watch.exited(code: code, outOfMemory: false, settings: settings, at: start) else {
            Issue.record("nothing happened")
            return
        }
        #expect(next == state)
    }

    @Test("the pauses double up to a minute")
    func pausesGrow() {
        #expect((0..<9).map { ReplicaWatch.delay(beforeRestart: $0) } == [0, 1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
    }
}
