import Kernel

/// The code that something is refused with; nil when it isn't.
func refusal(_ body: () async throws -> some Any) async throws -> String? {
    do {
        _ = try await body()
        return nil
    } catch let error as SwitchyardError {
        return error.code
    }
}
