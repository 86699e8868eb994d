internal import Glibc

/// A statement as the library takes it: each parameter is a run of bytes with a NUL behind it.
struct BoundStatement: Sendable {
    private struct Parameter {
        /// Where it begins in `bytes`; nil for NULL.
        var offset: Int?
        var length: Int32
        var isBinary: Bool
    }

    static let maximumParameters = 65535

    let text: String
    private var bytes: [UInt8] = []
    private var parameters: [Parameter] = []

    /// A statement of the client's own, without parameters.
    init(own text: String) {
        self.text = text
    }

    /// Throws 22021 for a NUL in the statement or a text parameter (PostgreSQL has no such text), 54000 for what the protocol cannot carry.
    init(_ sql: SQL) throws(PostgresError) {
        text = sql.text
        try refuseNUL(in: text, "the statement")
        guard sql.parameters.count <= Self.maximumParameters else {
            throw PostgresError(
                sqlState: "54000", message: "a statement has at most \(Self.maximumParameters) parameters, not \(sql.parameters.count)")
        }
        parameters.reserveCapacity(sql.parameters.count)
        for (index, value) in sql.parameters.enumerated() {
            let start = bytes.count
            switch value {
            case .null:
                parameters.append(Parameter(offset: nil, length: 0, isBinary: false))
                continue
            case .text(let text):
                try refuseNUL(in: text, "parameter $\(index + 1)")
                bytes += text.utf8
            case .bytes(let value):
                bytes += value
            }
            guard let length = Int32(exactly: bytes.count - start), length < 1 << 30 else {
                throw PostgresError(sqlState: "54000", message: "parameter $\(index + 1) is larger than PostgreSQL's limit of 1 GiB")
            }
            bytes.append(0)
            var isBinary = false
            if case .bytes = value { isBinary = true }
            parameters.append(Parameter(offset: start, length: length, isBinary: isBinary))
        }
    }

    /// Gives the parameters as the arrays that the library's functions take: count, values, lengths, formats.
    func withParameters<Result>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        guard !parameters.isEmpty else { return body(0, nil, nil, nil) }
        return bytes.withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = parameters.map { parameter in parameter.offset.flatMap { offset in base.map { $0 + offset } } }
            return body(Int32(parameters.count), values, parameters.map(\.length), parameters.map { $0.isBinary ? 1 : 0 })
        }
    }
}

/// PostgreSQL's text cannot hold NUL, and the library would take it for the end.
func refuseNUL(in text: String, _ place: @autoclosure () -> String) throws(PostgresError) {
    var text = text
    let hasNUL = text.withUTF8 { bytes in
        bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
    }
    guard hasNUL else { return }
    throw PostgresError(sqlState: "22021", message: "\(place()) has a NUL character, which PostgreSQL's text cannot hold")
}
