/// Rows in the text format of COPY: columns apart by tabs, rows by newlines, `\N` for NULL, a backslash before what would be mistaken.
enum CopyText {
    private static let chunkSize = 64 << 10

    /// `COPY "schema"."table" ("column", ...) FROM STDIN`
    static func command(table: String, columns: [String]) throws(PostgresError) -> String {
        try refuseNUL(in: table, "the table's name")
        for column in columns { try refuseNUL(in: column, "a column's name") }
        let name = table.split(separator: ".", omittingEmptySubsequences: false).map { quotedIdentifier(String($0)) }.joined(separator: ".")
        return "COPY \(name) (\(columns.map(quotedIdentifier).joined(separator: ", "))) FROM STDIN"
    }

    /// Throws 22P04 when a row has not as many values as there are columns, 22021 for text with NUL.
    static func chunks(of rows: [[PostgresValue]], columns: Int) throws(PostgresError) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var chunk: [UInt8] = []
        for (number, row) in rows.enumerated() {
            guard row.count == columns else {
                throw PostgresError(sqlState: "22P04", message: "row \(number + 1) to copy has \(row.count) values for \(columns) columns")
            }
            for (column, value) in row.enumerated() {
                if column > 0 { chunk.append(UInt8(ascii: "\t")) }
                switch value {
                case .null: chunk += [UInt8(ascii: "\\"), UInt8(ascii: "N")]
                case .text(let text):
                    try refuseNUL(in: text, "row \(number + 1) to copy")
                    append(text, to: &chunk)
                case .bytes(let bytes):
                    // The backslash of bytea's text is itself escaped.
                    chunk += [UInt8(ascii: "\\"), UInt8(ascii: "\\"), UInt8(ascii: "x")]
                    ByteaText.append(bytes, to: &chunk)
                }
            }
            chunk.append(UInt8(ascii: "\n"))
            if chunk.count >= chunkSize {
                chunks.append(chunk)
                chunk.removeAll(keepingCapacity: true)
            }
        }
        if !chunk.isEmpty { chunks.append(chunk) }
        return chunks
    }

    private static func append(_ text: String, to chunk: inout [UInt8]) {
        var text = text
        text.withUTF8 { bytes in
            // What needs no escape is copied run by run.
            var runStart = 0
            for (index, byte) in bytes.enumerated() {
                guard let escape = escape(for: byte) else { continue }
                chunk += bytes[runStart..<index]
                chunk.append(UInt8(ascii: "\\"))
                chunk.append(escape)
                runStart = index + 1
            }
            chunk += bytes[runStart...]
        }
    }

    private static func escape(for byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\\"): byte
        case UInt8(ascii: "\t"): UInt8(ascii: "t")
        case UInt8(ascii: "\n"): UInt8(ascii: "n")
        case UInt8(ascii: "\r"): UInt8(ascii: "r")
        default: nil
        }
    }
}
