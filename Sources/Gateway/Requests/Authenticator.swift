import Accounts
import HTTPTypes
import Kernel

/// Finds out who sent a request, by its `Authorization: Bearer` header: nowhere else is a token taken from.
struct Authenticator: Sendable {
    let accounts: AccountService

    /// - Throws: `TOKEN_MISSING`, `TOKEN_INVALID`.
    func authenticate(_ headers: HTTPFields) async throws -> Authenticated {
        try await accounts.authenticate(try Self.token(in: headers))
    }

    static func token(in headers: HTTPFields) throws -> String {
        let scheme = "bearer "
        guard let value = headers[.authorization], value.prefix(scheme.count).lowercased() == scheme else {
            throw SwitchyardError(
                .unauthenticated, code: "TOKEN_MISSING", "this needs a token, and the request has none",
                hint: "send `Authorization: Bearer <token>`, or run `yard login`")
        }
        return String(value.dropFirst(scheme.count).drop { $0 == " " })
    }
}
