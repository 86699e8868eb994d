import TestSupport

/// A folder of one test, removed with it.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = try TestFolder.make()
    }

    deinit {
        TestFolder.remove(path)
    }
}
