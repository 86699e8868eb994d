import FoundationEssentials
import Resources
import Testing

struct ResourceCodingTests {
    private struct Moment: Codable, Equatable {
        var at: Date
    }

    @Test("times are written in UTC with milliseconds")
    func written() throws {
        let moment = Moment(at: Date(timeIntervalSince1970: 1_795_344_120.125))
        let text = String(decoding: try ResourceCoding.encode(moment), as: UTF8.self)
        #expect(text == "{\"at\":\"2026-11-22T10:42:00.125Z\"}")
        #expect(try ResourceCoding.decode(Moment.self, from: Data(text.utf8)) == moment)
    }

    @Test(
        "times with another number of digits or another offset are understood",
        arguments: ["2026-11-22T10:42:00Z", "2026-11-22T10:42:00.000Z", "2026-11-22T11:42:00+01:00", "2026-11-22T10:42:00.000000Z"])
    func understood(text: String) {
        #expect(ResourceCoding.date(from: text) == Date(timeIntervalSince1970: 1_795_344_120))
    }

    @Test("what is no time is refused", arguments: ["", "yesterday", "2026-11-22", "1795344120", "2026-13-01T00:00:00Z"])
    func refused(text: String) {
        #expect(ResourceCoding.date(from: text) == nil)
        #expect(throws: DecodingError.self) { try ResourceCoding.decode(Moment.self, from: Data("{\"at\":\"\(text)\"}".utf8)) }
    }
}
