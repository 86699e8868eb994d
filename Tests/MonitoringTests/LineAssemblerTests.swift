import FoundationEssentials
import Resources
import Testing

@testable import Monitoring

@Suite struct LineAssemblerTests {
    private static let origin = LogOrigin(workspace: .new(), environment: .new(), service: .new(), deployment: .new())

    private func assembler(rate: Int = 500, burst: Int? = nil, state: TailState = TailState()) -> LineAssembler {
        LineAssembler(
            origin: Self.origin, replica: 3, settings: LogSettings(linesPerSecond: rate, burst: burst), state: state)
    }

    private func record(_ text: String, at clock: Double = 0, stream: String = "stdout", tag: String = "F") -> [UInt8] {
        Array("\(ConmonFile.time(clock)) \(stream) \(tag) \(text)\n".utf8)
    }

    private func entries(_ assembler: inout LineAssembler, _ bytes: [UInt8]) -> [LogEntry] {
        let taken = bytes.withUnsafeBytes { assembler.consume($0) }
        #expect(taken == bytes.count)
        return assembler.takeEntries()
    }

    @Test("a record of either engine has its time, level, replica and text")
    func readsRecords() throws {
        var assembler = assembler()
        let docker = #"{"log":"to \"docker\"\u003c\n","stream":"stderr","time":"2026-11-22T23:00:01.5Z"}"# + "\n"
        let lines = entries(&assembler, record("hello", at: 0.25) + record("oh", stream: "stderr") + Array(docker.utf8))
        #expect(lines.map(\.text) == ["hello", "oh", #"to "docker"<"#])
        #expect(lines.map(\.level) == [.info, .error, .error])
        #expect(lines.allSatisfy { $0.kind == .deploy && $0.replica == 3 && $0.origin == Self.origin })
        #expect(lines.map(\.time.timeIntervalSince1970) == [1_795_000_000.25, 1_795_000_000, 1_795_388_401.5])
    }

    @Test("parts are joined per stream, also when the streams are mixed and a character is split")
    func joinsParts() {
        var assembler = assembler()
        let euro = Array("€".utf8)
        var bytes = Array("\(ConmonFile.time(0)) stdout P price ".utf8) + euro.prefix(1) + [0x0A]
        bytes += record("in between", stream: "stderr")
        bytes += Array("\(ConmonFile.time(1)) stdout F ".utf8) + euro.dropFirst() + [0x0A]
        #expect(entries(&assembler, bytes).map(\.text) == ["in between", "price €"])
    }

    @Test("parts of Docker's file are joined")
    func joinsPartsOfDocker() {
        var assembler = assembler()
        let lines = [
            #"{"log":"a","stream":"stdout","time":"2026-11-22T23:00:01Z"}"#,
            #"{"log":"b\n","stream":"stdout","time":"2026-11-22T23:00:01Z"}"#,
        ]
        #expect(entries(&assembler, Array((lines.joined(separator: "\n") + "\n").utf8)).map(\.text) == ["ab"])
    }

    @Test("reading in any pieces, through a saved state, gives the same lines")
    func piecesGiveTheSame() {
        var bytes: [UInt8] = []
        for number in 0..<40 {
            bytes += record("line \(number)", at: Double(number) / 10)
            bytes += record("begin \(number) ", at: Double(number) / 10, stream: "stderr", tag: "P")
            bytes += record("end", at: Double(number) / 10, stream: number.isMultiple(of: 2) ? "stderr" : "stdout")
        }
        var whole = assembler(rate: 12, burst: 12)
        let expected = entries(&whole, bytes)
        #expect(expected.contains { $0.level == .warn })
        for size in [1, 7, 60, 61, 500] {
            var state = TailState()
            var offset = 0
            var read: [LogEntry] = []
            while offset < bytes.count {
                var piece = assembler(rate: 12, burst: 12, state: TailState(json: state.json))
                // As much more as it takes for one record.
                var length = size
                var taken = 0
                while taken == 0, offset + length <= bytes.count {
                    taken = bytes[offset..<offset + length].withUnsafeBytes { piece.consume($0) }
                    length += size
                }
                if taken == 0 { taken = bytes[offset...].withUnsafeBytes { piece.consume($0) } }
                offset += taken
                read += piece.takeEntries()
                state = piece.state
            }
            #expect(read == expected, "in pieces of \(size)")
        }
    }

    @Test("what exceeds the rate is counted, said once a second, and adds up", arguments: [false, true])
    func countsWhatIsDropped(isDocker: Bool) {
        var assembler = assembler(rate: 10, burst: 20)
        var bytes: [UInt8] = []
        for second in 0..<5 {
            for number in 0..<100 {
                let time = Double(second) + Double(number) / 1000
                bytes +=
                    isDocker
                    ? Array(
                        "{\"log\":\"y\\n\",\"stream\":\"stdout\",\"time\":\"\(ConmonFile.time(time).replacing("+00:00", with: "Z"))\"}\n"
                            .utf8)
                    : record("y", at: time)
            }
        }
        var lines = entries(&assembler, bytes)
        assembler.finish()
        lines += assembler.takeEntries()
        let notices = lines.filter { $0.level == .warn }
        #expect(
            notices.map(\.text) == [80, 90, 90, 90, 90].map { "\($0) lines dropped: the limit is 10 lines a second for a replica" })
        #expect(lines.count(where: { $0.text == "y" }) == 60)
    }

    @Test("a line of which a part was dropped is dropped and counted once")
    func dropsWholeLines() {
        var assembler = assembler(rate: 1, burst: 1)
        let bytes =
            record("kept") + record("a", tag: "P") + record("b", tag: "P") + record("c")
            + record("x", tag: "P") + record("y", at: 2) + record("z", at: 2)
        var lines = entries(&assembler, bytes)
        assembler.finish()
        lines += assembler.takeEntries()
        #expect(
            lines.map(\.text) == [
                "kept", LineBudget.notice(dropped: 1, rate: 1, writer: "replica"), "z",
                LineBudget.notice(dropped: 1, rate: 1, writer: "replica"),
            ])
    }

    @Test("a backlog is kept whole however late it is read")
    func keepsABacklog() {
        var assembler = assembler(rate: 10, burst: 10)
        let bytes = (0..<2_000).flatMap { record("\($0)", at: Double($0) / 10) }
        #expect(entries(&assembler, bytes).count == 2_000)
    }

    @Test("hostile lines become text that can be kept")
    func takesHostileLines() {
        var assembler = assembler()
        let hostile: [[UInt8]] = [
            [0xFF, 0xFE, 0x00, 0x78], Array("tab\t and \\. and \\N".utf8), Array("\u{1B}[31mred\u{1B}[0m".utf8), [], Array("ends\r".utf8),
        ]
        let bytes: [UInt8] = hostile.flatMap { (line: [UInt8]) -> [UInt8] in Array("\(ConmonFile.time(0)) stdout F ".utf8) + line + [0x0A] }
        #expect(
            entries(&assembler, bytes).map(\.text) == [
                "\u{FFFD}\u{FFFD}x", "tab\t and \\. and \\N", "\u{1B}[31mred\u{1B}[0m", "", "ends",
            ])
    }

    @Test("a long line is cut at a character and says how long it was")
    func cutsLongLines() throws {
        let folder = try ScratchFolder()
        let file = ConmonFile(in: folder)
        let text = "x" + String(repeating: "é", count: 5_000_000)
        try file.writeInParts(Array(text.utf8))
        var assembler = assembler()
        let bytes = try Array(Data(contentsOf: URL(filePath: file.path)))
        let line = try #require(entries(&assembler, bytes).first)
        #expect(line.text == "x" + String(repeating: "é", count: 8_191) + " … [cut: the line has 10000001 bytes, 16384 are kept]")
        #expect(entries(&assembler, record("next")).map(\.text) == ["next"])
    }

    @Test(
        "structured lines give their level and message",
        arguments: [
            (#"{"level":"warn","msg":"slow","ms":12}"#, LogLevel.warn, "slow ms=12"),
            (#"{"severity":"ERROR","message":"no\nway","time":"2026"}"#, .error, "no\nway"),
            (#"{"level":30,"time":1,"msg":"pino"}"#, .info, "pino"),
            (#"{"level":"debug","nested":{"a":[1,"}"]},"message":"m"}"#, .debug, #"m nested={"a":[1,"}"]}"#),
            (#"{"message":"no level"}"#, .info, "no level"),
            (#"{"level":"loud","msg":"unknown"}"#, .info, "unknown level=loud"),
            (#"{"other":1}"#, .info, #"{"other":1}"#),
            (#"{"level":"warn","msg":"broken""#, .info, #"{"level":"warn","msg":"broken""#),
            (#"{"msg":"\ud83d\ude00 \ud800 \u0000!","level":"error"}"#, .error, "😀 \u{FFFD} !"),
        ])
    func readsStructuredLines(text: String, level: LogLevel, expected: String) throws {
        var assembler = assembler()
        let line = try #require(entries(&assembler, record(text)).first)
        #expect(line.level == level)
        #expect(line.text == expected)
    }

    @Test("what no engine writes is kept as it is, and a torn record is mended")
    func keepsMalformedLines() {
        var assembler = assembler()
        let torn = Array("\(ConmonFile.time(0)) ".utf8) + record("whole", at: 1)
        let bytes = Array("garbage\n{\"log\":1}\n".utf8) + torn
        #expect(entries(&assembler, bytes).map(\.text) == ["garbage", "{\"log\":1}", "whole"])
    }
}
