import PostgresClient
import Testing

@Suite("SQL")
struct SQLTests {
    @Test("values become parameters, and a fragment's are renumbered")
    func fragments() {
        let condition: SQL = "a = \(1) and b = \("x")"
        let missing: Int? = nil
        let statement: SQL = "update t set c = \(true) where \(condition) or d = \(missing) and e = '$' and \(condition)"
        #expect(statement.text == "update t set c = $1 where a = $2 and b = $3 or d = $4 and e = '$' and a = $5 and b = $6")
        #expect(statement.parameters == [.text("t"), .text("1"), .text("x"), .null, .text("1"), .text("x")])
    }

    @Test("a statement is put together part by part")
    func appending() {
        var statement: SQL = "select \(1)"
        statement.append(", \(2)")
        #expect(statement.text == "select $1, $2")
        #expect(statement.parameters == [.text("1"), .text("2")])
    }
}
