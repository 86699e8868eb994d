import ArgumentParser
import Glibc
import Resources

/// `yard open`
struct Open: YardCommand {
    static let configuration = CommandConfiguration(abstract: "Open the service in the browser, or print its URL where there is none.")

    @Flag(name: .customLong("print"), help: "Only print the URL.")
    var printOnly = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let target = try await session.serviceTarget()
        let entry = try await session.client().entry(target)
        guard let url = entry.active?.urls.first ?? entry.domains.compactMap(\.url).first else {
            throw YardError(
                .notFound, code: "NO_URL", "\(target.service) has no URL in \(target.environment)",
                hint: "Give it one with `yard domain`, or deploy it first.")
        }
        try session.output.show(["url": url]) { url }
        let hasDesktop = session.surroundings.variable("DISPLAY") != nil || session.surroundings.variable("WAYLAND_DISPLAY") != nil
        if !printOnly, !options.json, hasDesktop, url.hasPrefix("http://") || url.hasPrefix("https://") {
            LocalCommand(arguments: ["xdg-open", url]).startInBackground()
        }
    }
}
