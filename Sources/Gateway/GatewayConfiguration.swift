/// Where the gateway listens, and its limits.
public struct GatewayConfiguration: Sendable {
    /// An address of this machine.
    public var host: String
    /// 0: any free one.
    public var port: Int
    /// Also listens on this Unix socket. Who may reach it is decided by its folder's mode.
    public var unixSocketPath: String?
    /// What `/version` says.
    public var version: String
    /// Bytes of a source archive.
    public var maximumUploadSize: Int
    /// Bytes of a JSON body.
    public var maximumBodySize: Int
    /// How long a JSON body may take to come.
    public var bodyTimeout: Duration
    /// How long an upload may take to come.
    public var uploadTimeout: Duration
    /// How long a connection may be without a request, or take over the head of one.
    public var idleTimeout: Duration
    /// Connections at a time; more wait to be accepted.
    public var maximumConnections: Int
    /// How often an open WebSocket's token is looked at again, beside at each revocation.
    public var reauthenticationInterval: Duration

    public init(
        host: String = "127.0.0.1", port: Int = 8080, unixSocketPath: String? = nil, version: String = "development",
        maximumUploadSize: Int = 2 << 30, maximumBodySize: Int = 1 << 20, bodyTimeout: Duration = .seconds(30),
        uploadTimeout: Duration = .seconds(3600), idleTimeout: Duration = .seconds(60), maximumConnections: Int = 4096,
        reauthenticationInterval: Duration = .seconds(15)
    ) {
        self.host = host
        self.port = port
        self.unixSocketPath = unixSocketPath
        self.version = version
        self.maximumUploadSize = maximumUploadSize
        self.maximumBodySize = maximumBodySize
        self.bodyTimeout = bodyTimeout
        self.uploadTimeout = uploadTimeout
        self.idleTimeout = idleTimeout
        self.maximumConnections = maximumConnections
        self.reauthenticationInterval = reauthenticationInterval
    }
}
