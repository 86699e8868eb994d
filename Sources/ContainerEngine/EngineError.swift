import FoundationEssentials

/// Why a call to the engine failed.
public struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Nobody answers on the socket, or the connection broke.
        case unreachable
        case timedOut
        case notFound
        /// It exists already, is in use, or is in a state that doesn't allow this.
        case conflict
        /// The engine can't accept what was asked.
        case invalid
        /// The engine tried and failed.
        case failed
        /// An answer that isn't the Engine API's.
        case malformed
    }

    public var code: Code
    public var message: String
    /// The HTTP status, when it is the engine that refused.
    public var status: Int?

    public init(_ code: Code, _ message: String, status: Int? = nil) {
        self.code = code
        self.message = message
        self.status = status
    }

    public var description: String { "engine \(code.rawValue): \(message)" }

    /// From an answer with an error's status.
    init(status: Int, body: some Sequence<UInt8>) {
        let bytes = Array(body)
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes))
        let text = answer?.message ?? String(decoding: bytes, as: UTF8.self)
        self.init(Self.code(status: status, cause: answer?.cause ?? ""), String(text.prefix(1000)), status: status)
    }

    /// Whether Podman looked at a container, of whomever, that was removed while it looked: a list or the removal of a network
    /// fails then, and works when it is asked again.
    var isLostRace: Bool {
        status == 500 && ["container not known", "no such container", "no container with"].contains { message.contains($0) }
    }

    private struct Answer: Decodable {
        var message: String?
        /// Podman's: the innermost error, one of a fixed set of texts.
        var cause: String?
    }

    /// Podman answers 500 to much that Docker answers 404 or 409 to; its `cause` tells them apart (libpod/define/errors.go).
    private static func code(status: Int, cause: String) -> Code {
        switch status {
        case 400: .invalid
        case 404: .notFound
        case 409: .conflict
        case 500 where cause.hasPrefix("no such"): .notFound
        case 500 where conflicts.contains(cause) || cause.contains("by ID with more than one tag"): .conflict
        default: .failed
        }
    }

    private static let conflicts: Set<String> = [
        "network already exists", "network is being used", "that name is already in use", "container state improper",
        "volume already exists", "volume is being used", "image is in use by a container", "image used by a container",
        "container already exists", "container already running",
    ]
}
