import TestSupport
import Testing

@testable import PostgresClient

@Suite("COPY")
struct CopyTests {
    @Test("NULLs, tabs, backslashes, newlines and bytes arrive as they were")
    func specialCharacters() async throws {
        try await TestPostgres.withClient { client in
            let texts: [String?] = [
                nil, "", "\\N", "\\.", "a\tb", "a\nb", "a\r\nb", "\\", "\\\\n", "\"quoted\"", "ünïcode \u{1F600}", "\u{7}\u{8}", "NULL",
            ]
            let bytes: [UInt8] = Array(0...255)
            _ = try await client.query("create table \(identifier: "Odd \"name") (n int8, text text, bytes bytea)")
            try await client.transaction { transaction in
                try await transaction.copy(
                    into: "public.Odd \"name", columns: ["n", "text", "bytes"],
                    rows: texts.enumerated().map { [$0.postgresValue, $1?.postgresValue ?? .null, .bytes(bytes)] })
            }
            let rows = try await client.query("select text, bytes from \(identifier: "Odd \"name") order by n")
            #expect(try rows.map { try $0.getOptional("text", as: String.self) } == texts)
            #expect(try rows.allSatisfy { try $0.get("bytes", as: [UInt8].self) == bytes })
        }
    }

    @Test("100,000 rows arrive, and the connection goes on with statements")
    func manyRows() async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (n int8, text text)")
            let rows = (0..<100_000).map { [$0.postgresValue, "line \($0)".postgresValue] }
            let count = try await client.withSession { session in
                try await session.copy(into: "t", columns: ["n", "text"], rows: rows)
                return try await session.query("select count(*) as n, sum(n)::int8 as sum from t").first
            }
            #expect(try count?.get("n", as: Int.self) == 100_000)
            #expect(try count?.get("sum", as: Int.self) == 4_999_950_000)
        }
    }

    @Test("a value of 4 MB arrives whole")
    func bigValue() async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (text text)")
            let text = String(repeating: "a\\b\t", count: 1 << 20)
            try await client.transaction { try await $0.copy(into: "t", columns: ["text"], rows: [[.text(text)]]) }
            #expect(try await client.query("select text from t").first?.get("text", as: String.self) == text)
        }
    }

    @Test("a row that the table refuses refuses all")
    func allOrNone() async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (n int8)")
            await expectError(sqlState: "22P02") {
                try await client.withSession { session in
                    try await session.copy(
                        into: "t", columns: ["n"], rows: (0..<50_000).map { [$0 == 20_000 ? .text("x") : $0.postgresValue] })
                }
            }
            await expectError(sqlState: "42P01") {
                try await client.transaction { try await $0.copy(into: "missing", columns: ["n"], rows: [[.text("1")]]) }
            }
            #expect(try await client.query("select n from t").isEmpty)
        }
    }

    @Test("what cannot be copied is refused before it is sent")
    func refusedRows() async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (a text, b text)")
            try await client.transaction { transaction in
                await expectError(sqlState: "22P04") {
                    try await transaction.copy(into: "t", columns: ["a", "b"], rows: [[.text("1"), .null], [.text("1")]])
                }
                await expectError(sqlState: "22021") {
                    try await transaction.copy(into: "t", columns: ["a", "b"], rows: [[.text("1"), .text("\0")]])
                }
                try await transaction.copy(into: "t", columns: ["a", "b"], rows: [])
                _ = try await transaction.query("insert into t values ('1', '2')")
            }
            #expect(try await client.query("select a from t").count == 1)
        }
    }

    @Test("names are quoted in its command")
    func command() throws {
        let command = try CopyText.command(table: "tenant_1.a\"b", columns: ["x", "y; drop"])
        #expect(command == "COPY \"tenant_1\".\"a\"\"b\" (\"x\", \"y; drop\") FROM STDIN")
    }
}
