import FoundationEssentials
import Kernel
import Testing

struct DiskBlobStoreTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "switchyard-blobs-\(UUID())").path

    private func chunks(_ parts: [[UInt8]], then error: (any Error)? = nil) -> AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream { continuation in
            for part in parts { continuation.yield(part) }
            continuation.finish(throwing: error)
        }
    }

    @Test("a blob is found by the SHA-256 of what was written")
    func blobsAreNamedByContent() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try DiskBlobStore(directory: folder)
        let name = try await store.put(chunks([Array("ab".utf8), Array("c".utf8)]), limit: 10)
        #expect(name == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(FileManager.default.contents(atPath: store.path(of: name)) == Data("abc".utf8))
        store.delete(name)
        store.delete(name)
        #expect(!store.contains(name))
    }

    @Test("an upload that is too large, or breaks off, leaves nothing")
    func brokenUploadsLeaveNothing() async throws {
        struct Broken: Error {}
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try DiskBlobStore(directory: folder)
        let error = await #expect(throws: SwitchyardError.self) { try await store.put(chunks([[1, 2], [3]]), limit: 2) }
        #expect(error?.code == "UPLOAD_TOO_LARGE")
        await #expect(throws: Broken.self) { try await store.put(chunks([[1]], then: Broken()), limit: 10) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/incoming").isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["incoming"])
    }
}
