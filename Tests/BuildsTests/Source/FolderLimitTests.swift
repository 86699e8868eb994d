import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import Builds

@Suite("FolderLimit", .timeLimit(.minutes(1)))
struct FolderLimitTests {
    private static let failure = SwitchyardError(.tooLarge, code: "SOURCE_TOO_LARGE", "too large")

    @Test("a program that writes one small file after the other is stopped")
    func stopsManyFiles() async throws {
        let folder = try TestFolder.make()
        defer { TestFolder.remove(folder) }
        try FileManager.default.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: true)
        let limit = FolderLimit(path: folder, maximumBytes: 1 << 20, interval: .milliseconds(5))
        let error = await #expect(throws: SwitchyardError.self) {
            try await limit.enforce(or: Self.failure) {
                for number in 0... {
                    try Data(count: 4096).write(to: URL(filePath: "\(folder)/inner/\(number)"))
                    try await Task.sleep(for: .microseconds(100))
                }
            }
        }
        #expect(error?.code == "SOURCE_TOO_LARGE")
        #expect(FolderLimit.bytes(in: folder) > 1 << 20)
    }

    @Test("what stays below gives its result, and its own failure")
    func letsThrough() async throws {
        struct Other: Error {}
        let folder = try TestFolder.make()
        defer { TestFolder.remove(folder) }
        let limit = FolderLimit(path: folder, maximumBytes: 1 << 20, interval: .milliseconds(1))
        let value = try await limit.enforce(or: Self.failure) {
            try await Task.sleep(for: .milliseconds(20))
            return 7
        }
        #expect(value == 7)
        await #expect(throws: Other.self) { try await limit.enforce(or: Self.failure) { throw Other() } }
    }
}
