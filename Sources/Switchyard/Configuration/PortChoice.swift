import FoundationEssentials
import Glibc
import Kernel

/// The ports of this instance: those that were set, else those that it took before, else 80 and 443 where they are free, else
/// the next free ones. What was taken is written down, so that URLs stay.
struct PortChoice: Sendable {
    let http: Int
    let https: Int
    let api: Int

    static func decide(_ configuration: Configuration) throws -> PortChoice {
        let path = configuration.data + "/ports"
        let before = try ConfigurationFile.read(path).compactMapValues(Int.init)
        let loopback = "127.0.0.1"
        let http = try configuration.httpPort ?? before["HTTP"] ?? free([80] + Array(8080...8180), at: configuration.edgeAddress)
        let https = try configuration.httpsPort ?? before["HTTPS"] ?? free([443] + Array(8443...8543), at: configuration.edgeAddress)
        let api = try configuration.apiPort ?? before["API"] ?? free(Array(7070...7170), at: loopback)
        try ConfigurationFile.write(["HTTP": "\(http)", "HTTPS": "\(https)", "API": "\(api)"], to: path)
        return PortChoice(http: http, https: https, api: api)
    }

    /// What an earlier start wrote down.
    static func decided(_ configuration: Configuration) -> PortChoice? {
        let before = (try? ConfigurationFile.read(configuration.data + "/ports"))?.compactMapValues(Int.init)
        guard let http = before?["HTTP"], let https = before?["HTTPS"], let api = before?["API"] else { return nil }
        return PortChoice(http: http, https: https, api: api)
    }

    private static func free(_ candidates: [Int], at address: String) throws -> Int {
        guard let port = candidates.first(where: { isFree($0, at: address) }) else {
            throw SwitchyardError(
                .unavailable, code: "NO_FREE_PORT", "none of the ports \(candidates[0]) to \(candidates[candidates.count - 1]) is free",
                hint: "set SWITCHYARD_HTTP_PORT, SWITCHYARD_HTTPS_PORT and SWITCHYARD_API_PORT")
        }
        return port
    }

    private static func isFree(_ port: Int, at address: String) -> Bool {
        let family = address.contains(":") ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // As nginx binds: a port in TIME_WAIT is free.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        if family == AF_INET6 {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = in_port_t(UInt16(port)).bigEndian
            return inet_pton(AF_INET6, address, &name.sin6_addr) == 1 && isBound(descriptor, &name)
        }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(UInt16(port)).bigEndian
        return inet_pton(AF_INET, address, &name.sin_addr) == 1 && isBound(descriptor, &name)
    }

    private static func isBound<Name>(_ descriptor: Int32, _ name: inout Name) -> Bool {
        withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<Name>.size)) }
        } == 0
    }
}
