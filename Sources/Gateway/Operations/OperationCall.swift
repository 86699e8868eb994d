import Accounts
import FoundationEssentials
import Hummingbird
import Kernel
import Resources

/// A request for one operation, with typed ways to what it carries.
struct OperationCall: Sendable {
    let request: Request
    let parameters: [String: Substring]
    let caller: Authenticated?
    let operation: Operation
    let body: JSONBody

    /// Who calls, for operations that are not open to anybody.
    var identity: Identity {
        get throws {
            guard let caller else { throw Self.undeclared }
            return caller.identity
        }
    }

    /// The proof that the operation's own permission was asked for, in the caller's workspace.
    var access: Access {
        get throws {
            guard let caller, case .permitted(let permission) = operation.authorization else { throw Self.undeclared }
            return try caller.caller.access(to: caller.identity.workspace.id, permission)
        }
    }

    /// - Throws: `ID_INVALID`.
    func id<Subject>(_ name: String, of subject: Subject.Type = Subject.self) throws -> Identifier<Subject> {
        let text = String(parameters[name] ?? "")
        guard let id = Identifier<Subject>(text) else {
            throw SwitchyardError(
                .invalid, code: "ID_INVALID", "\(ShownText(text)) is not the id of a \(name)",
                hint: "ids look like \(Identifier<Subject>.new())")
        }
        return id
    }

    /// A path parameter as text, with percent escapes resolved.
    ///
    /// - Throws: `PARAMETER_INVALID`.
    func text(_ name: String) throws -> String {
        let raw = String(parameters[name] ?? "")
        guard let text = PercentEncoding.decode(raw), text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw Self.invalid(name, raw, "text without control characters")
        }
        return text
    }

    /// A number from the query; nil when it isn't there.
    ///
    /// - Throws: `PARAMETER_INVALID`.
    func number<Number: FixedWidthInteger>(_ name: String, in range: ClosedRange<Number>) throws -> Number? {
        guard let raw = try query(name) else { return nil }
        guard let number = Number(raw), range.contains(number) else {
            throw Self.invalid(name, raw, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of some words from the query; nil when it isn't there.
    ///
    /// - Throws: `PARAMETER_INVALID`.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, of type: Choice.Type) throws -> Choice?
    where Choice.RawValue == String {
        guard let raw = try query(name) else { return nil }
        guard let choice = Choice(rawValue: raw) else {
            throw Self.invalid(name, raw, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    /// An id from the query; nil when it isn't there.
    ///
    /// - Throws: `PARAMETER_INVALID`.
    func queryID<Subject>(_ name: String, of subject: Subject.Type = Subject.self) throws -> Identifier<Subject>? {
        guard let raw = try query(name) else { return nil }
        guard let id = Identifier<Subject>(raw) else { throw Self.invalid(name, raw, "an id") }
        return id
    }

    func decode<Value: Decodable & Sendable>(_ type: Value.Type) async throws -> Value {
        try await body.decode(type, from: request)
    }

    /// Refuses a query with a parameter that the operation doesn't have: a mistyped limit must not be none.
    ///
    /// - Throws: `UNKNOWN_PARAMETER`.
    func checkQuery() throws {
        for (name, _) in request.uri.queryParameters where !operation.query.contains(String(name)) {
            let known = operation.query.sorted()
            let hint =
                NearestName.find(String(name), among: known).map { "did you mean \($0)?" }
                ?? (known.isEmpty ? "leave the query out" : "possible: " + known.joined(separator: ", "))
            throw SwitchyardError(
                .invalid, code: "UNKNOWN_PARAMETER", "there is no parameter \(ShownText(String(name))) here", hint: hint)
        }
    }

    private func query(_ name: String) throws -> String? {
        guard operation.query.contains(name) else { throw Self.undeclared }
        return request.uri.queryParameters[name[...]].map(String.init)
    }

    private static func invalid(_ name: String, _ value: String, _ expected: String) -> SwitchyardError {
        SwitchyardError(
            .invalid, code: "PARAMETER_INVALID", "\(name) is \(ShownText(value)), and \(expected) is expected", hint: "give \(expected)")
    }

    private static let undeclared = SwitchyardError(
        .internalFault, code: "OPERATION_UNDECLARED", "an operation asked for more than it declares")
}
