import Logging
import Processes

/// Keeps the bridges of this machine's environments apart, in the kernel's packet filter. Podman's own isolation isn't enough:
/// netavark 1.4 takes the jump to its rules away from all networks when the last container of any one of them is removed.
/// One rule serves all installations, since it goes by a prefix of the bridges' names.
struct NetworkIsolation: Sendable {
    let logger: Logger

    private static let bridgePrefix = "swy"
    /// Where br_netfilter is loaded, packets within one bridge pass the filter as well: those are let through.
    private static let rule = [
        "FORWARD", "-i", "\(bridgePrefix)+", "-o", "\(bridgePrefix)+", "-m", "physdev", "!", "--physdev-is-bridged", "-m", "comment",
        "--comment", "switchyard: environments apart", "-j", "DROP",
    ]

    /// The name of the bridge of a network: at most 15 characters, the same each time.
    static func bridge(network: String) -> String {
        bridgePrefix + String(Digest.hexadecimal(network.utf8).prefix(10))
    }

    /// Makes the rule unless it is there, also when somebody flushed it. Two at once may make it twice, which does no harm.
    func ensure() async {
        do {
            if try await iptables(["-C"] + Self.rule).isSuccess { return }
            let finished = try await iptables(["-I"] + Self.rule)
            if !finished.isSuccess { report(finished.errorOutput) }
        } catch {
            report(error.message)
        }
    }

    private func report(_ reason: String) {
        logger.error(
            "environments' networks are kept apart by the engine only: the packet filter can't be set up", metadata: ["error": "\(reason)"])
    }

    /// Waits for whoever else changes the rules.
    private func iptables(_ arguments: [String]) async throws(ProcessError) -> Finished {
        try await Command("iptables", ["-w", "10"] + arguments).run(limit: 4096, timeout: .seconds(15))
    }
}
