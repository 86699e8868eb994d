import FoundationEssentials
import Glibc

extension EdgeConfiguration {
    /// nginx's configuration and the settings for the Lua, with a digest of all that makes the edge what it is.
    struct Rendered: Sendable, Hashable {
        var configuration: String
        var settings: String
        var digest: String
    }

    /// What `edge.json` holds for the Lua.
    private struct Settings: Encodable {
        var digest: String
        var httpsPort: Int
        var holdSeconds: Int64
        var holdLimit: Int
        var schemeVariable: String
    }

    /// - Throws: `EdgeError` `.invalid` for a setting that breaks the rules, `.files` when the template is missing.
    func rendered() throws(EdgeError) -> Rendered {
        let files = try EdgeShare.read(share)
        var text = files.template
        for (name, value) in try values() {
            text = text.replacing("{{\(name)}}", with: value)
        }
        guard !text.contains("{{") else { throw EdgeError(.files, "the template \(share)/nginx.conf names a value that is not known") }
        var settings = Settings(
            digest: "", httpsPort: publicHTTPSPort ?? httpsPort, holdSeconds: holdTimeout.components.seconds, holdLimit: holdLimit,
            schemeVariable: trustedProxies.isEmpty ? "scheme" : "trusted_protocol")
        settings.digest = Digest.hexadecimal(of: [text, try encode(settings)] + files.programs)
        return Rendered(configuration: text, settings: try encode(settings), digest: settings.digest)
    }

    private func encode(_ settings: Settings) throws(EdgeError) -> String {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(settings), as: UTF8.self)
        } catch {
            throw EdgeError(.invalid, "the edge's settings cannot be encoded: \(error)")
        }
    }

    private func values() throws(EdgeError) -> [(String, String)] {
        let openFiles = max(1024, Self.openFilesLimit() ?? 1024)
        let hasTrust = !trustedProxies.isEmpty
        return [
            ("FOLDER", try NginxText.path(folder)),
            ("SHARE", try NginxText.path(share)),
            ("MODULES", try NginxText.path(modules)),
            // Only root can change its account, and without root nginx stays what it is.
            ("USER", getuid() == 0 ? "user \(try NginxText.account(account));" : ""),
            ("WORKERS", workers.map { "\(max(1, $0))" } ?? "auto"),
            ("OPEN_FILES", "\(openFiles)"),
            // Logs and listeners need files too.
            ("CONNECTIONS", "\(max(512, min(connections, openFiles - 128)))"),
            ("HEADER_TIMEOUT", NginxText.seconds(headerTimeout)),
            ("UPSTREAM_TIMEOUT", NginxText.seconds(upstreamTimeout)),
            ("BODY_LIMIT", "\(max(0, bodyLimit))"),
            ("VERIFY_TOKEN", try NginxText.token(verifyToken)),
            ("LISTEN", try listeners()),
            ("TRUST", try trust()),
            ("FORWARDED_FOR", hasTrust ? "$trusted_for" : "$remote_addr"),
            ("FORWARDED_PROTOCOL", hasTrust ? "$trusted_protocol" : "$scheme"),
        ]
    }

    private func listeners() throws(EdgeError) -> String {
        let options = "backlog=4096 so_keepalive=60s:30s:4"
        var lines: [String] = []
        for address in addresses where Self.hasIPv6() || IPAddress(address)?.isIPv6 != true {
            lines.append("        listen \(try NginxText.listener(address, port: httpPort)) \(options);")
            lines.append("        listen \(try NginxText.listener(address, port: httpsPort)) ssl http2 \(options);")
        }
        guard !lines.isEmpty, httpPort != httpsPort else {
            throw EdgeError(.invalid, "the edge has no address to listen on, or one port for both HTTP and HTTPS")
        }
        return lines.joined(separator: "\n")
    }

    /// What proxies in front say is believed only when the connection comes from one of them.
    private func trust() throws(EdgeError) -> String {
        guard !trustedProxies.isEmpty else { return "" }
        var networks: [String] = []
        for proxy in trustedProxies { networks.append(try NginxText.network(proxy)) }
        return """
            \(networks.map { "    set_real_ip_from \($0);" }.joined(separator: "\n"))
                real_ip_header X-Forwarded-For;
                real_ip_recursive on;
                geo $realip_remote_addr $is_trusted { default 0; \(networks.map { "\($0) 1;" }.joined(separator: " ")) }
                map "$is_trusted:$http_x_forwarded_for" $trusted_for {
                    default $remote_addr;
                    "~^1:(?<chain>.+)$" "$chain, $realip_remote_addr";
                }
                map "$is_trusted:$http_x_forwarded_proto" $trusted_protocol {
                    default $scheme;
                    "1:https" https;
                    "1:http" http;
                }
            """
    }
}
