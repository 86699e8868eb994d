import AsyncHTTPClient
import FoundationEssentials
import NIOCore

/// The elements of an endless answer: one JSON text a line. Ends when the engine closes it and throws ``EngineError`` when the
/// connection breaks; abandoning the iteration closes the connection.
public struct EngineStream<Element: Decodable & Sendable>: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body

    public func makeAsyncIterator() -> Iterator {
        Iterator(chunks: body.makeAsyncIterator())
    }

    public struct Iterator: AsyncIteratorProtocol {
        var chunks: HTTPClientResponse.Body.AsyncIterator
        private var pending = ByteBuffer()
        private let decoder = JSONDecoder()
        private let longestLine = 1 << 20

        init(chunks: HTTPClientResponse.Body.AsyncIterator) {
            self.chunks = chunks
        }

        public mutating func next() async throws -> Element? {
            while true {
                while let line = takeLine() {
                    guard let element = try decoded(line) else { continue }
                    return element
                }
                guard pending.readableBytes <= longestLine else {
                    throw EngineError(.malformed, "the engine sent a line of more than \(longestLine) bytes")
                }
                guard var chunk = try await nextChunk() else {
                    let rest = pending.readSlice(length: pending.readableBytes) ?? ByteBuffer()
                    return try decoded(rest)
                }
                pending.discardReadBytes()
                pending.writeBuffer(&chunk)
            }
        }

        private mutating func nextChunk() async throws -> ByteBuffer? {
            do {
                return try await chunks.next()
            } catch {
                try Task.checkCancellation()
                throw EngineError(.unreachable, "the engine's stream broke: \(error)")
            }
        }

        private mutating func takeLine() -> ByteBuffer? {
            guard let length = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - pending.readerIndex }) else {
                return nil
            }
            let line = pending.readSlice(length: length)
            pending.moveReaderIndex(forwardBy: 1)
            return line
        }

        /// Nil for an empty line.
        private func decoded(_ line: ByteBuffer) throws -> Element? {
            guard line.readableBytesView.contains(where: { $0 > UInt8(ascii: " ") }) else { return nil }
            do {
                return try decoder.decode(Element.self, from: Data(line.readableBytesView))
            } catch {
                throw EngineError(.malformed, "the engine sent a line that isn't understood: \(error)")
            }
        }
    }
}
