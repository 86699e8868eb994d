import Resources
import Synchronization
import TestSupport

@testable import Yard

/// Runs commands as a user would, in a folder and with a configuration of their own, without a process.
final class CommandRun: Sendable {
    struct Result: Sendable {
        var code: Int32
        var output: String
        var errors: String
    }

    let folder: String
    private let variables: Mutex<[String: String]>

    init(_ server: YardServer? = nil, isLoggedIn: Bool = true) throws {
        folder = try TestFolder.make()
        var variables = ["SWITCHYARD_CONFIG_DIR": folder + "/config", "SWITCHYARD_DATA": folder + "/data", "TMPDIR": folder]
        if let server {
            variables["SWITCHYARD_URL"] = server.url
            if isLoggedIn { variables["SWITCHYARD_TOKEN"] = server.token }
        }
        self.variables = Mutex(variables)
    }

    deinit { TestFolder.remove(folder) }

    func set(_ name: String, _ value: String?) {
        variables.withLock { $0[name] = value }
    }

    func yard(
        _ arguments: String..., in directory: String? = nil, input: String? = "", answers: [String] = []
    ) async -> Result {
        await yard(arguments, in: directory, input: input, answers: answers)
    }

    /// - Parameters:
    ///   - input: what is piped in; nil: a terminal where `answers` are typed.
    func yard(
        _ arguments: [String], in directory: String?, input: String? = "", answers: [String] = [], colours: Bool = false
    ) async -> Result {
        let written = Mutex<(output: [UInt8], errors: [UInt8])>(([], []))
        let typed = Mutex(answers)
        let console = Console(
            send: { bytes, channel in
                written.withLock { if channel == .output { $0.output += bytes } else { $0.errors += bytes } }
            }, outputIsTerminal: input == nil || colours, errorIsTerminal: input == nil || colours, hasColours: colours)
        let next: @Sendable () -> String? = { typed.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
        let standardInput = StandardInput(
            isTerminal: input == nil, readLine: next, readHiddenLine: next, readAll: { Array((input ?? "").utf8) },
            chunks: {
                AsyncStream { continuation in
                    if let input, !input.isEmpty { continuation.yield(Array(input.utf8)) }
                    continuation.finish()
                }
            })
        let code = await YardProgram.run(
            arguments,
            in: Surroundings(
                variables: variables.withLock { $0 }, directory: directory ?? folder, console: console, input: standardInput))
        let result = written.withLock { $0 }
        return Result(
            code: code, output: String(decoding: result.output, as: UTF8.self), errors: String(decoding: result.errors, as: UTF8.self))
    }
}
