import Glibc

/// Everything that is fixed while the edge runs.
public struct EdgeConfiguration: Sendable {
    /// Belongs to this edge alone: sockets, tables, keys, logs. Its parent folders have to let the worker account through.
    public var folder: String
    /// Where the template and the Lua files are; see `EdgeShare.find`.
    public var share: String
    /// IP addresses to listen on. IPv6 ones are left out where the machine has no IPv6.
    public var addresses: [String] = ["0.0.0.0", "::"]
    public var httpPort: Int
    public var httpsPort: Int
    /// The HTTPS port as clients see it, for redirects; nil: the same.
    public var publicHTTPSPort: Int?
    /// Nil: one a core.
    public var workers: Int?
    /// Who the workers run as when the edge is started by root.
    public var account = "www-data"
    /// Whoever sends it in `X-Switchyard-Verify` is told in `X-Switchyard-Deployment` which deployment answered. A secret of
    /// 16 to 128 letters, digits, `_` and `-`.
    public var verifyToken: String
    /// Proxies in front of the edge ("10.0.0.0/8") whose `X-Forwarded-For` and `-Proto` are believed.
    public var trustedProxies: [String] = []
    /// Names of the self-signed certificate for hosts without one of their own.
    public var fallbackNames: [String] = ["localhost", "*.localhost"]
    /// How long a replica may stay silent, WebSockets included; whole seconds.
    public var upstreamTimeout: Duration = .seconds(900)
    /// How long a client may take to send a request's headers; whole seconds.
    public var headerTimeout: Duration = .seconds(15)
    /// How long a request waits for a replica of a route with `hold`; whole seconds.
    public var holdTimeout: Duration = .seconds(30)
    /// How many requests may wait so, in each worker.
    public var holdLimit = 1024
    /// The largest request body in bytes; 0: any.
    public var bodyLimit = 0
    /// Connections of each worker, to clients and replicas together.
    public var connections = 8192
    /// A log that has grown over this many bytes is moved aside.
    public var logLimit = 64 << 20
    /// How many logs that were moved aside are kept.
    public var keptLogs = 4
    public var program = "/usr/sbin/nginx"
    /// Where Debian puts nginx's modules.
    public var modules = "/usr/lib/nginx/modules"

    public init(folder: String, share: String, httpPort: Int, httpsPort: Int, verifyToken: String) {
        self.folder = folder
        self.share = share
        self.httpPort = httpPort
        self.httpsPort = httpsPort
        self.verifyToken = verifyToken
    }

    /// The socket for `EdgeControl`.
    public var socket: String {
        folder + "/run/admin.sock"
    }

    /// JSON lines, one a request.
    public var requestLog: String {
        folder + "/logs/access.log"
    }

    /// As many open files as this process may ask for; nil when that can't be told.
    static func openFilesLimit() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return limit.rlim_max > 1 << 20 ? 1 << 20 : Int(limit.rlim_max)
    }

    /// Whether the machine has IPv6 at all.
    static func hasIPv6() -> Bool {
        access("/proc/net/if_inet6", R_OK) == 0
    }
}
