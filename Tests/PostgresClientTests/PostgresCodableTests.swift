import FoundationEssentials
import TestSupport
import Testing

@testable import PostgresClient

@Suite("Values")
struct PostgresCodableTests {
    private enum Color: String, PostgresEncodable, PostgresDecodable {
        case red
    }

    @Test("each type comes back from the server as it went")
    func roundTrips() async throws {
        try await TestPostgres.withClient { client in
            func same<T: PostgresEncodable & PostgresDecodable & Equatable>(_ values: [T], _ type: String) async throws {
                for value in values {
                    let rows = try await client.query("select \(value)::\(SQL(stringLiteral: type)) as value")
                    #expect(try rows.first?.get("value", as: T.self) == value, "\(type)")
                }
            }
            try await same(["", "a", "ünï\u{1F600}\\\"'\n"], "text")
            try await same([true, false], "boolean")
            try await same([0, Int.min, Int.max], "int8")
            try await same([0, Int32.min, Int32.max], "int4")
            try await same([0, Int64.min, Int64.max], "int8")
            try await same([0, -0.0, 1.5, 0.1, 1e-300, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity], "float8")
            try await same([UUID()], "uuid")
            try await same([[], [0], Array(0...255)] as [[UInt8]], "bytea")
            try await same([[], [""], ["a", "NULL", "null", "b c", "d,e", "{}", "\"", "\\", "\n", " "]] as [[String]], "text[]")
            try await same([[], [UUID(), UUID()]] as [[UUID]], "uuid[]")
            try await same([[1, -2, .max]] as [[Int]], "int8[]")
            try await same([[true, false]] as [[Bool]], "boolean[]")
            try await same([Color.red], "text")
        }
    }

    @Test("dates keep their microseconds, over the whole of PostgreSQL's calendar")
    func dates() async throws {
        try await TestPostgres.withClient { client in
            let seconds: [Double] = [
                0, 0.000001, -0.000001, 0.999999, 785_548_800.123456, -978_307_200, -978_307_200.5, -63_114_076_800, -63_145_000_000.25,
                252_423_993_600, -200_000_000_000,
            ]
            for second in seconds {
                let date = Date(timeIntervalSinceReferenceDate: second)
                let row = try #require(
                    try await client.query(
                        """
                        select \(date)::timestamptz as date,
                            round((extract(epoch from \(date)::timestamptz) - 978307200) * 1000000)::int8 as microseconds
                        """
                    ).first)
                #expect(try row.get("microseconds", as: Int.self) == Int((second * 1e6).rounded()))
                #expect(abs(try row.get("date", as: Date.self).timeIntervalSinceReferenceDate - second) < 1e-4)
            }
            for date in [Date(timeIntervalSinceReferenceDate: .infinity), Date(timeIntervalSinceReferenceDate: -.infinity)] {
                #expect(try await client.query("select \(date)::timestamptz as d").first?.get("d", as: Date.self) == date)
            }
        }
    }

    @Test("a session's settings for dates do not change what is read")
    func dateSettings() async throws {
        try await TestPostgres.withClient { client in
            let name = try #require(try await client.query("select current_database() as n").first).get("n", as: String.self)
            _ = try await client.query("alter database \(identifier: name) set timezone = 'Asia/Kolkata'")
            _ = try await client.query("alter database \(identifier: name) set datestyle = 'German'")
            let date = Date(timeIntervalSinceReferenceDate: 785_548_800)
            let read = try await client.withSession {
                try await $0.query("select \(date)::timestamptz as d").first?.get("d", as: Date.self)
            }
            #expect(read == date)
        }
    }

    @Test(
        "what is no timestamp is not read as one",
        arguments: ["", "x", "2026", "2026-13-01", "2026-01-01 1", "2026-01-01 00:00:00+", "2026-01-01 x"])
    func malformedDates(text: String) {
        #expect(Date(postgresText: text) == nil)
    }

    @Test(
        "timestamps with other offsets and without any are read",
        arguments: [
            ("2001-01-01 05:30:00+05:30", 0.0), ("2000-12-31 16:00:00.5-08", 0.5), ("2001-01-02", 86400), ("2001-01-01 00:00:01", 1),
            ("2001-01-01 00:00:00+00:00:10", -10), ("0001-01-01 00:00:00+00", -63_113_904_000),
            ("0001-12-31 00:00:00+00 BC", -63_113_990_400),
            ("0001-12-31 BC", -63_113_990_400),
        ])
    func offsets(text: String, seconds: Double) {
        #expect(Date(postgresText: text)?.timeIntervalSinceReferenceDate == seconds)
    }

    @Test("malformed bytes are not read", arguments: ["", "\\", "\\x0", "\\x0g", "00", "\\x\u{e9}"])
    func malformedBytes(text: String) {
        #expect([UInt8](postgresText: text) == nil)
    }

    @Test("malformed arrays are not read", arguments: ["", "{", "}", "a", "{{a}}", "{\"a}", "{a\\}", "{\"a\"b}"])
    func malformedArrays(text: String) {
        #expect([String](postgresText: text) == nil)
    }

    @Test("an array with NULL is no array of text, and NULL is no value unless it is asked for as optional")
    func nulls() async throws {
        try await TestPostgres.withClient { client in
            let missing: String? = nil
            let row = try #require(try await client.query("select '{a,NULL}'::text[] as list, \(missing)::text as text").first)
            await expectError(sqlState: "22P02") { _ = try row.get("list", as: [String].self) }
            await expectError(sqlState: "22004") { _ = try row.get("text", as: String.self) }
            await expectError(sqlState: "42703") { _ = try row.getOptional("other", as: String.self) }
            await expectError(sqlState: "22P02") { _ = try row.get("list", as: Int.self) }
            #expect(try row.getOptional("text", as: String.self) == nil)
        }
    }
}
