import Resources

/// What `yard` remembers between runs.
struct Configuration: Codable, Hashable, Sendable {
    /// The server logged in to last.
    var current: String?
    /// By URL: a token is only ever sent to the server that it came from.
    var servers: [String: Server] = [:]

    struct Server: Codable, Hashable, Sendable {
        var token: String?
        /// A PEM file of certificates to trust.
        var caFile: String?
        /// By absolute path of the folder.
        var links: [String: FolderLink] = [:]
    }

    /// The link of a folder or of the nearest folder around it.
    func link(server: ServerURL, folder: String) -> (folder: String, link: FolderLink)? {
        guard let links = servers[server.text]?.links else { return nil }
        var path = folder
        while true {
            if let link = links[path] { return (path, link) }
            guard path != "/", let slash = path.lastIndex(of: "/") else { return nil }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
    }
}
