import FoundationEssentials
import NIOCore
import NIOHTTP1

extension EngineClient {
    /// By id or reference; throws `notFound` when it isn't here.
    public func image(_ reference: String) async throws -> EngineImage {
        try await call(.GET, "/images/\(image: reference)/json")
    }

    public func images(_ filter: EngineFilter) async throws -> [ImageSummary] {
        try await call(.GET, EnginePath("/images/json").query("filters", filter.parameter))
    }

    /// Fetches an image. The stream's last element tells of a failure: see ``PullProgress/error``.
    public func pull(_ reference: String, login: RegistryLogin? = nil) async throws -> EngineStream<PullProgress> {
        guard EnginePath.isImageReference(reference) else {
            throw EngineError(.invalid, "not an image reference: '\(String(reference.prefix(100)))'")
        }
        var headers: [(String, String)] = []
        if let login {
            headers.append(("X-Registry-Auth", base64URL(try Self.encoded(login))))
        }
        // Without a tag Docker would fetch all tags there are.
        let path = EnginePath("/images/create").query("fromImage", reference).query("tag", isPinned(reference) ? nil : "latest")
        return try await stream(.POST, path, headers: headers)
    }

    /// Takes over the images of an archive on this machine, in the form of `docker save`, with their names.
    /// - Throws: ``EngineError``; `invalid` also when the file can't be read.
    public func loadImages(archive path: String) async throws {
        let file = try FileBody(path: path)
        let answers: EngineStream<PullProgress> = try await stream(
            .POST, EnginePath("/images/load").query("quiet", "true"), headers: [("Content-Type", "application/x-tar")], file: file)
        for try await answer in answers {
            if let error = answer.error { throw EngineError(.failed, "the engine refuses the images: \(error)") }
        }
    }

    /// Gives an image a further name.
    public func tag(_ reference: String, repository: String, tag: String) async throws {
        try await call(.POST, EnginePath("/images/\(image: reference)/tag").query("repo", repository).query("tag", tag))
    }

    /// Removes a reference, and the image with its last. One that isn't here is success; throws `conflict` when a container
    /// uses it, or when it is named by its id and has several tags.
    public func removeImage(_ reference: String) async throws {
        try await call(.DELETE, "/images/\(image: reference)", timeout: .seconds(120), accepting: [404])
    }

    /// Removes the images that bear these labels and that no container and no tag needs.
    public func pruneImages(labels: [String: String]) async throws {
        let path = EnginePath("/images/prune").query("filters", try EngineFilter.labels(labels).parameter)
        try await call(.POST, path, timeout: .seconds(600))
    }

    private func isPinned(_ reference: String) -> Bool {
        reference.contains("@") || (reference.split(separator: "/").last ?? "").contains(":")
    }

    /// RFC 4648, section 5.
    private func base64URL(_ bytes: Data) -> String {
        String(
            bytes.base64EncodedString().map { character in
                switch character {
                case "+": "-"
                case "/": "_"
                default: character
                }
            })
    }
}
