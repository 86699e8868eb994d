import NIOCore
import NIOPosix

/// A plain TCP connection, to send what no proper client would.
struct RawConnection {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()

    static func with<Result>(port: Int, _ body: (inout RawConnection) async throws -> Result) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    private init(inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.inbound = inbound
        self.outbound = outbound
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// A frame as clients send it: masked (with zeros, so that the bytes stay readable).
    func send(opcode: UInt8, fin: Bool = true, masked: Bool = true, reserved: UInt8 = 0, _ payload: [UInt8]) async throws {
        var bytes: [UInt8] = [(fin ? 0x80 : 0) | reserved | opcode]
        let mask: UInt8 = masked ? 0x80 : 0
        if payload.count < 126 {
            bytes.append(mask | UInt8(payload.count))
        } else {
            bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        }
        if masked {
            bytes += [0, 0, 0, 0]
        }
        try await send(bytes + payload)
    }

    /// Everything up to and with `end`; what came before the connection's end if it never comes.
    mutating func read(until end: String) async throws -> String {
        var text: [UInt8] = []
        let wanted = Array(end.utf8)
        while text.suffix(wanted.count) != wanted[...] {
            guard let byte = try await nextByte() else { break }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Everything until the server closes.
    mutating func readToEnd() async throws -> String {
        var text: [UInt8] = []
        while let byte = try await nextByte() {
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A frame from the server: opcode with the fin bit, and payload; nil at the connection's end.
    mutating func readFrame() async throws -> (first: UInt8, payload: [UInt8])? {
        guard let first = try await nextByte(), let second = try await nextByte() else { return nil }
        var length = Int(second & 0x7F)
        if length >= 126 {
            let size = length == 126 ? 2 : 8
            length = 0
            for _ in 0..<size {
                length = length << 8 | Int(try await nextByte() ?? 0)
            }
        }
        var payload: [UInt8] = []
        while payload.count < length, let byte = try await nextByte() {
            payload.append(byte)
        }
        return (first, payload)
    }

    /// The code of the next close frame.
    mutating func readCloseCode() async throws -> Int? {
        while let frame = try await readFrame() {
            if frame.first == 0x88 {
                return frame.payload.count < 2 ? 1005 : Int(frame.payload[0]) << 8 | Int(frame.payload[1])
            }
        }
        return nil
    }

    /// Opens the WebSocket with RFC 6455's own example key.
    mutating func upgrade() async throws -> String {
        try await send(Self.upgradeRequest)
        return try await read(until: "\r\n\r\n")
    }

    static let upgradeRequest = """
        GET /live HTTP/1.1\r
        Host: test\r
        Connection: keep-alive, Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        \r

        """

    private mutating func nextByte() async throws -> UInt8? {
        while received.readableBytes == 0 {
            do {
                guard let next = try await inbound.next() else { return nil }
                received = next
            } catch is IOError {
                // Reset: the server closed while bytes were under way to it.
                return nil
            }
        }
        return received.readInteger()
    }
}
