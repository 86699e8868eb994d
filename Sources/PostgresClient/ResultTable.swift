internal import CPostgres

/// The rows of one statement, copied out of the library's memory.
final class ResultTable: Sendable {
    let columns: [String]
    /// Row by row; nil is NULL.
    let cells: [String?]
    let rowCount: Int

    init(result: OpaquePointer) {
        let columnCount = PQnfields(result)
        let rowCount = PQntuples(result)
        columns = (0..<columnCount).map { String(cString: PQfname(result, $0)) }
        var cells: [String?] = []
        cells.reserveCapacity(Int(columnCount) * Int(rowCount))
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                guard PQgetisnull(result, row, column) == 0, let bytes = PQgetvalue(result, row, column) else {
                    cells.append(nil)
                    continue
                }
                let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(PQgetlength(result, row, column)))
                cells.append(String(decoding: buffer, as: UTF8.self))
            }
        }
        self.cells = cells
        self.rowCount = Int(rowCount)
    }

    var rows: [Row] {
        (0..<rowCount).map { Row(table: self, index: $0) }
    }
}
