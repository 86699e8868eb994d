import FoundationEssentials

/// A server that was installed on this machine, as its data folder shows it: so that whoever installed it need not log in.
struct LocalInstallation: Sendable {
    /// Where its API answers.
    let url: String
    private let tokenFile: String

    /// Nil when there is none in `SWITCHYARD_DATA`, or else in the usual place, or its folder cannot be read.
    init?(surroundings: Surroundings) {
        let data = surroundings.variable("SWITCHYARD_DATA") ?? "/var/lib/switchyard"
        let lines = Self.text(data + "/ports")?.split(separator: "\n") ?? []
        guard let line = lines.first(where: { $0.hasPrefix("API=") }), let port = UInt16(line.dropFirst("API=".count)) else { return nil }
        url = "http://127.0.0.1:\(port)"
        tokenFile = data + "/owner-token"
    }

    /// The owner's token that the first start made, until somebody takes it away.
    var token: String? {
        Self.text(tokenFile)?.split { $0.isWhitespace }.first.map(String.init)
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
