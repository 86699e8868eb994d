import FoundationEssentials
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Resources

/// Takes a request's JSON body, and refuses every wrong one with what is wrong about it.
struct JSONBody: Sendable {
    let maximumSize: Int
    let timeout: Duration

    /// - Throws: `CONTENT_TYPE_UNSUPPORTED`, `BODY_TOO_LARGE`, `BODY_TIMEOUT`, `BODY_INVALID`, `UNKNOWN_FIELD`, `DUPLICATE_FIELD`.
    func decode<Value: Decodable & Sendable>(_ type: Value.Type, from request: Request) async throws -> Value {
        let mediaType = request.headers[.contentType].map(MediaType.essence(of:))
        guard mediaType == "application/json" else {
            let sent = mediaType.map { "the body is \(ShownText($0))" } ?? "the body has no content type"
            throw SwitchyardError(
                .invalid, code: "CONTENT_TYPE_UNSUPPORTED", "\(sent), and JSON is expected", hint: "send `Content-Type: application/json`")
        }
        return try Self.decode(type, from: try await read(request.body))
    }

    /// Decodes JSON that came in any way.
    ///
    /// - Throws: `BODY_INVALID`, `UNKNOWN_FIELD`, `DUPLICATE_FIELD`.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        do {
            try JSONGuard.check(bytes)
            return try ResourceCoding.decode(KnownFields<Value>.self, from: Data(bytes)).value
        } catch let error as DecodingError {
            throw SwitchyardError(.invalid, code: "BODY_INVALID", DecodingProblem.text(of: error), hint: "see the API's reference")
        } catch let error as UnknownField {
            throw SwitchyardError(.invalid, code: "UNKNOWN_FIELD", error.text, hint: error.hint)
        } catch let error as JSONGuard.Refusal {
            throw SwitchyardError(.invalid, code: error.code, error.reason, hint: "see the API's reference")
        }
    }

    private func read(_ body: RequestBody) async throws -> [UInt8] {
        try await Deadline.within(timeout, or: Self.late) {
            var bytes: [UInt8] = []
            for try await buffer in body {
                guard bytes.count + buffer.readableBytes <= maximumSize else {
                    throw SwitchyardError(
                        .tooLarge, code: "BODY_TOO_LARGE", "a JSON body may have at most \(maximumSize >> 10) KiB",
                        hint: "no field needs so much; an archive is sent with its own content type")
                }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
            return bytes
        }
    }

    private static let late = SwitchyardError(.timeout, code: "BODY_TIMEOUT", "the body took too long to come", hint: "try again")
}
