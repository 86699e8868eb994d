import Testing

@testable import ContainerEngine

@Suite("Errors of the engine")
struct EngineErrorTests {
    @Test(
        "statuses and Podman's causes become codes",
        arguments: [
            (404, #"{"message":"no such container"}"#, EngineError.Code.notFound),
            (409, #"{"message":"in use"}"#, .conflict),
            (400, #"{"message":"bad"}"#, .invalid),
            (500, #"{"cause":"network already exists","message":"network name a already used: network already exists"}"#, .conflict),
            (500, #"{"cause":"that name is already in use","message":"x"}"#, .conflict),
            (500, #"{"cause":"container state improper","message":"x"}"#, .conflict),
            (500, #"{"cause":"no such network","message":"x"}"#, .notFound),
            (500, #"{"cause":"unable to delete image \"a\" by ID with more than one tag ([b c])","message":"x"}"#, .conflict),
            (500, #"{"cause":"OCI runtime error","message":"x"}"#, .failed),
        ])
    func codes(status: Int, body: String, code: EngineError.Code) {
        #expect(EngineError(status: status, body: body.utf8).code == code)
    }

    @Test("an answer that isn't JSON is its own message, cut to a bearable length")
    func plainText() {
        let error = EngineError(status: 502, body: String(repeating: "x", count: 5000).utf8)
        #expect(error.message.count == 1000)
        #expect(error.status == 502)
    }

    @Test(
        "the interface's version is the one that was written for, unless the engine is too new to know it",
        arguments: [("1.24", "1.41"), ("1.41", "1.41"), ("1.44", "1.44"), ("2.0", "2.0"), ("nonsense", "1.41")])
    func versions(oldest: String, used: String) {
        var version = EngineVersion()
        version.oldestInterface = oldest
        #expect(version.usedInterface == used)
    }
}
