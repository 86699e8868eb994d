import HTTPTypes
import Kernel
import Resources

/// The log of all that changed.
struct EventOperations: Sendable {
    let events: EventStore

    var all: [Operation] {
        [
            Operation("events.list", .get, "/events", query: ["after", "limit"], .eventRead) { [events] call, access in
                let limit = try call.number("limit", in: 1...1000) ?? 100
                let items = try await events.events(access, after: call.number("after", in: 0 ... .max) ?? 0, limit: limit)
                return Page(items: items, next: items.count == limit ? items.last.map { String($0.position) } : nil)
            }
        ]
    }
}
