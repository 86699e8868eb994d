import HTTPTypes
import Hummingbird
import NIOCore
import Resources

/// An answer in JSON.
enum JSONResponse {
    static func make(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try ResourceCoding.encode(value))))
    }
}
