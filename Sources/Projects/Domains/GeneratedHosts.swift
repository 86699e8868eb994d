/// Host names that the platform makes for public services: one DNS label below the base domain, such as
/// `web-shop.localhost`, or `web-staging-shop.localhost` outside of production.
enum GeneratedHosts {
    private static let maximumLabel = 63
    private static let suffixLength = 6
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// The name to try first; a random suffix makes it another one when that is taken.
    static func host(
        service: String, environment: String, project: String, below baseDomain: String, withSuffix hasSuffix: Bool
    ) -> String {
        var parts = [service]
        if environment != "production" { parts.append(environment) }
        if project != service { parts.append(project) }
        var label = parts.joined(separator: "-")
        let room = maximumLabel - suffixLength - 1
        if hasSuffix || label.utf8.count > maximumLabel {
            label = String(label.prefix(room))
            while label.hasSuffix("-") { label.removeLast() }
            label += "-" + suffix()
        }
        return "\(label).\(baseDomain)"
    }

    private static func suffix() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<suffixLength).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
