/// Rows of text in columns.
struct Table: Sendable {
    var columns: [String]
    var rows: [[String]]

    /// The table's lines; each column as wide as its longest text, the last one not padded. What stands in the cells is made
    /// safe for a terminal.
    func text(_ style: Style) -> String {
        let cells = rows.map { $0.map(TerminalText.safe) }
        let widths = columns.indices.map { column in
            ([columns] + cells).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        func line(_ row: [String]) -> String {
            row.enumerated().map { column, text in
                column == row.count - 1 ? text : text + String(repeating: " ", count: max(0, widths[column] - text.count))
            }.joined(separator: "  ")
        }
        return ([style.bold(line(columns))] + cells.map(line)).joined(separator: "\n")
    }
}
