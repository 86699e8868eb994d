import Kernel
import PostgresClient
import Resources
import TestSupport
import Testing

@testable import Accounts

@Suite struct SetupTests {
    @Test("the first start makes an owner with a workspace and a token; later ones change nothing")
    func setUp() async throws {
        try await Installation.with { installation in
            let token = try #require(try await installation.accounts.setUp())
            #expect(token.reveal().hasPrefix("sy_") && token.reveal().utf8.count == 67)
            #expect(try await installation.accounts.setUp() == nil)
            let (access, identity) = try await installation.owner(token)
            #expect(identity.role == .owner)
            #expect(identity.workspace.name == "default")
            #expect(access.caller.name == "user/\(identity.user.id)")
            #expect(try await installation.accounts.tokens(access).count == 1)
        }
    }

    @Test("of several who start at once, one gets the token")
    func race() async throws {
        try await Installation.with { installation in
            let tokens = try await withThrowingTaskGroup(of: SecretText?.self) { group in
                for _ in 0..<5 { group.addTask { try await installation.accounts.setUp() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(tokens.filter { $0 != nil }.count == 1)
            #expect(try await installation.client.query("select 1 from switchyard.members").count == 1)
        }
    }

    @Test("a start that ended before the token was made is made good")
    func interrupted() async throws {
        try await Installation.with { installation in
            _ = try await installation.accounts.setUp()
            try await installation.client.query("delete from switchyard.tokens")
            let token = try #require(try await installation.accounts.setUp())
            #expect(try await installation.owner(token).identity.role == .owner)
        }
    }

    @Test("no token is stored, and none is in an event")
    func hashed() async throws {
        try await Installation.with { installation in
            let token = try #require(try await installation.accounts.setUp())
            let stored = try await installation.client.query(
                "select (select string_agg(t::text, '') from switchyard.tokens t) || (select string_agg(e::text, '') from switchyard.events e) as text"
            )
            let text: String = try stored[0].get("text")
            #expect(text.contains("token.issued"))
            #expect(!text.contains(token.reveal().dropFirst(3)))
        }
    }

    @Test("rotating the owner's token ends the earlier one and leaves others")
    func rotate() async throws {
        try await Installation.with { installation in
            #expect(try await refusal { try await installation.accounts.rotateOwnerToken() } == "INSTALLATION_EMPTY")
            let first = try #require(try await installation.accounts.setUp())
            let (access, identity) = try await installation.owner(first)
            let other = try await installation.accounts.issueToken(access, for: identity.user.id, name: "ci").token
            let second = try await installation.accounts.rotateOwnerToken()
            #expect(try await refusal { try await installation.accounts.authenticate(first.reveal()) } == "TOKEN_INVALID")
            #expect(try await refusal { try await installation.accounts.authenticate(second.reveal()) } == nil)
            #expect(try await refusal { try await installation.accounts.authenticate(other.reveal()) } == nil)
        }
    }
}
