import FoundationEssentials
import Glibc

/// A folder of one test, removed with all it holds when the test ends, also when it fails.
func withTemporaryDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    var template = Array("/tmp/switchyard-test-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
    }
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// Waits until the condition holds, looking every 5 ms; false when 10 s have passed.
func eventually(_ condition: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return false
}
