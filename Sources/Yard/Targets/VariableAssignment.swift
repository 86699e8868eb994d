import Resources

/// Variables that shall be set, and where.
struct VariableAssignment: Sendable {
    var values: [String: String]
    /// For all services of the environment.
    var isShared = false
    var isSealed = false
    var redeploys = true

    /// From `NAME=value` words.
    static func values(of words: [String]) throws(YardError) -> [String: String] {
        guard !words.isEmpty else { throw .usage("nothing to set", hint: "`yard variables set NAME=value`") }
        var values: [String: String] = [:]
        for word in words {
            guard let sign = word.firstIndex(of: "="), sign != word.startIndex else {
                throw .usage("not a variable: \(word)", hint: "Write NAME=value, or NAME with --stdin.")
            }
            values[String(word[..<sign])] = String(word[word.index(after: sign)...])
        }
        return values
    }

    /// Sets them, and says so.
    func apply(_ session: Session) async throws {
        let request = SetVariables(variables: values, sealed: isSealed, redeploy: redeploys)
        let client = try session.client()
        let place: String
        if isShared {
            let target = try await session.target()
            try await client.setSharedVariables(target.environmentId, request)
            place = "all services in \(target.environment)"
        } else {
            let target = try await session.serviceTarget()
            try await client.setVariables(target, request)
            place = "\(target.service) in \(target.environment)"
        }
        let names = values.keys.sorted()
        try session.output.show(["set": names]) { "Set \(names.joined(separator: ", ")) for \(place)" }
    }
}
