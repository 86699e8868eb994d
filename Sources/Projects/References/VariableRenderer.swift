import Kernel
import Resources

/// Resolves the references of one environment's variables. It has that environment's data and no other.
struct VariableRenderer {
    /// A value with its references resolved.
    struct Rendered {
        let text: String
        /// Whether a sealed variable is part of it.
        let isSealed: Bool
    }

    /// Of all values together that one service's need, its own and those that they refer to.
    static let maximumBytes = 1 << 20

    let description: EnvironmentDescription
    let variables: [VariableKey: StoredVariable]
    let provided: ProvidedVariables
    /// Decrypts a stored value.
    let open: (StoredVariable) throws -> String

    /// All variables that a service gets: its own, and the provided ones.
    ///
    /// - Throws: `VARIABLE_LOOP`, `VARIABLE_REFERENCE_UNKNOWN`, `VALUE_TOO_LARGE`, `PORT_INVALID`.
    func render(_ entry: EnvironmentOverview.Entry, facts: DeploymentFacts) throws -> [String: Rendered] {
        let services = description.entries.map(\.service)
        let graph = VariableGraph(references: variables.mapValues(\.references), services: services)
        let problems = VariableProblems(services: services)
        let own = variables.keys.filter { $0.service == entry.service.id }

        let order: [VariableKey]
        do {
            order = try graph.order(from: own)
        } catch {
            throw problems.loop(error)
        }

        var providedValues = [entry.service.id: provided.values(for: entry, facts: facts)]
        func providedValue(_ key: VariableKey) -> String? {
            guard let service = key.service else { return nil }
            if providedValues[service] == nil, let other = description.entries.first(where: { $0.service.id == service }) {
                providedValues[service] = provided.values(for: other)
            }
            return providedValues[service]?[key.name]
        }

        var rendered: [VariableKey: Rendered] = [:]
        var budget = Self.maximumBytes
        for key in order {
            guard let variable = variables[key] else { continue }
            var text = ""
            var isSealed = variable.isSealed
            for piece in try pieces(of: variable, key) {
                var part: String
                switch piece {
                case .text(let plain):
                    part = plain
                case .reference(let reference):
                    guard let target = graph.target(of: reference, in: key) else { throw problems.unknown(reference, in: key) }
                    if let value = rendered[target] {
                        part = value.text
                        isSealed = isSealed || value.isSealed
                    } else if let value = providedValue(target) {
                        part = value
                    } else {
                        throw problems.unknown(reference, in: key)
                    }
                }
                budget -= part.utf8.count
                guard budget >= 0 else { throw VariableProblems.tooLarge(entry.service.name) }
                part.makeContiguousUTF8()
                text += part
            }
            rendered[key] = Rendered(text: text, isSealed: isSealed)
        }

        var result = (providedValues[entry.service.id] ?? [:]).mapValues { Rendered(text: $0, isSealed: false) }
        for key in own { result[key.name] = rendered[key] }
        if let port = result["PORT"] { try Ports.validate(text: port.text) }
        return result
    }

    private func pieces(of variable: StoredVariable, _ key: VariableKey) throws -> [VariableText.Piece] {
        do {
            return try VariableText(open(variable)).pieces
        } catch let fault as VariableText.InvalidReference {
            throw VariableProblems.invalid(fault, in: key.name)
        }
    }
}
