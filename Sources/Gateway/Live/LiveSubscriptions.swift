import Kernel
import Orchestrator

/// The open subscriptions of one connection, by the client's names for them.
actor LiveSubscriptions {
    private let limit: Int
    private var open: [String: LiveSubscription] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    /// - Throws: `SUBSCRIPTION_INVALID`, `SUBSCRIPTION_EXISTS`, `SUBSCRIPTION_LIMIT`.
    func open(_ id: String) throws -> LiveSubscription {
        guard (1...64).contains(id.utf8.count) else {
            throw SwitchyardError(.invalid, code: "SUBSCRIPTION_INVALID", "a subscription's id has 1 to 64 bytes")
        }
        guard open[id] == nil else {
            throw SwitchyardError(.conflict, code: "SUBSCRIPTION_EXISTS", "the subscription \(ShownText(id)) is open already")
        }
        guard open.count < limit else {
            throw SwitchyardError(.limited, code: "SUBSCRIPTION_LIMIT", "a connection can have \(limit) subscriptions")
        }
        let subscription = LiveSubscription(id: id)
        open[id] = subscription
        return subscription
    }

    func close(_ subscription: LiveSubscription) {
        open[subscription.id] = nil
    }

    /// Nothing happens when it has ended meanwhile.
    func cancel(_ id: String) {
        open[id]?.cancel()
    }

    func cancelAll() {
        for subscription in open.values {
            subscription.cancel()
        }
    }

    /// - Throws: `TERMINAL_OVERFLOW` when its command takes nothing; it is ended then. Input to one that has ended is dropped.
    func input(_ id: String, _ bytes: [UInt8]) throws {
        guard let subscription = open[id], !subscription.send(.bytes(bytes)) else { return }
        subscription.cancel()
        throw SwitchyardError(.limited, code: "TERMINAL_OVERFLOW", "the command in the terminal reads nothing; it was ended")
    }

    func resize(_ id: String, columns: Int, rows: Int) throws {
        _ = open[id]?.send(.size(TerminalSize(columns: columns, rows: rows)))
    }
}
