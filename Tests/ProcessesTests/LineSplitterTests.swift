import Testing

@testable import Processes

@Suite struct LineSplitterTests {
    private func split(_ chunks: [[UInt8]]) -> [String] {
        var splitter = LineSplitter()
        var lines = chunks.flatMap { chunk in chunk.withUnsafeBytes { splitter.append($0) } }
        if let last = splitter.finish() { lines.append(last) }
        return lines
    }

    @Test("lines are the same however the bytes are cut into chunks", arguments: [1, 2, 3, 7, 1000])
    func chunks(size: Int) {
        let bytes = Array("first\r\n\nthird é€😀\nlast".utf8)
        let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        #expect(split(chunks) == ["first", "", "third é€😀", "last"])
    }

    @Test("an endless line comes in pieces of at most 16 KiB that never cut a character, and nothing is lost")
    func longLines() {
        let text = String(repeating: "x€😀", count: 20_000)
        let pieces = split([Array(text.utf8), Array("\nend\n".utf8)])
        #expect(pieces.last == "end")
        #expect(pieces.dropLast().joined() == text)
        #expect(pieces.allSatisfy { $0.utf8.count <= LineSplitter.limit })
    }

    @Test("bytes that are no UTF-8 neither stop nor crash it")
    func badBytes() {
        let lines = split([[0xFF, 0xFE, 0x80, 0x0A], Array(repeating: 0x80, count: 40_000)])
        #expect(lines.count >= 3)
    }
}
