import Kernel
import Resources

/// Which variables of an environment refer to which. All walks keep their own stack, so that no chain is too deep.
struct VariableGraph {
    private let references: [VariableKey: [VariableReference]]
    private let servicesByName: [String: Service.ID]

    init(references: [VariableKey: [VariableReference]], services: [Service]) {
        self.references = references
        servicesByName = Dictionary(services.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
    }

    /// Variables that lead back to themselves, in order.
    struct Loop: Error {
        let keys: [VariableKey]
    }

    /// The place that a reference in a variable points at; nil where there is no such service.
    func target(of reference: VariableReference, in key: VariableKey) -> VariableKey? {
        switch reference.scope {
        case .own: VariableKey(service: key.service, name: reference.name)
        case .shared: VariableKey(service: nil, name: reference.name)
        case .service(let name): servicesByName[name].map { VariableKey(service: $0, name: reference.name) }
        }
    }

    /// Some variables and all that they refer to, each after those that it refers to.
    func order(from roots: [VariableKey]) throws(Loop) -> [VariableKey] {
        var order: [VariableKey] = []
        // False while it is on the way from a root to where the walk is.
        var isDone: [VariableKey: Bool] = [:]
        var way: [VariableKey] = []
        for root in roots where references[root] != nil {
            var stack = [root]
            while let key = stack.last {
                switch isDone[key] {
                case .some(true):
                    stack.removeLast()
                case .some(false):
                    isDone[key] = true
                    order.append(key)
                    way.removeLast()
                    stack.removeLast()
                case .none:
                    isDone[key] = false
                    way.append(key)
                    for target in targets(of: key) {
                        if isDone[target] == false { throw Loop(keys: Array(way.drop { $0 != target })) }
                        if isDone[target] == nil { stack.append(target) }
                    }
                }
            }
        }
        return order
    }

    /// The services that have one of some variables, or a variable whose value depends on one of them.
    func dependents(of changed: [VariableKey]) -> Set<Service.ID> {
        var referrers: [VariableKey: [VariableKey]] = [:]
        for key in references.keys {
            for target in targets(of: key) { referrers[target, default: []].append(key) }
        }
        var reached = Set(changed)
        var stack = changed
        while let key = stack.popLast() {
            for referrer in referrers[key] ?? [] where reached.insert(referrer).inserted {
                stack.append(referrer)
            }
        }
        return Set(reached.compactMap(\.service))
    }

    /// The variables that a variable refers to, as far as they exist.
    private func targets(of key: VariableKey) -> [VariableKey] {
        (references[key] ?? []).compactMap { target(of: $0, in: key) }.filter { references[$0] != nil }
    }
}
