import NIOHTTP1

extension EdgeControl {
    private struct CertificateChange: Encodable {
        var revision: Int64
        var certificate: String
        var key: String
    }

    /// Sets the certificate shown for a name ("api.example.com" or "*.example.com").
    /// - Parameters:
    ///   - certificate: the chain in PEM, the host's own certificate first.
    ///   - key: its private key in PEM.
    /// - Throws: `EdgeError(.invalid)` when they cannot be read or don't belong together.
    @discardableResult
    public func putCertificate(name: String, certificate: String, key: String, revision: Int64) async throws(EdgeError) -> Applied {
        let change = CertificateChange(revision: revision, certificate: certificate, key: key)
        return try await self.change(.PUT, "/certificates/\(try HostName.normalize(name))", change)
    }

    /// Removes the certificate of a name; the fallback is shown then.
    @discardableResult
    public func removeCertificate(name: String, revision: Int64) async throws(EdgeError) -> Applied {
        try decode(await send(.DELETE, "/certificates/\(try HostName.normalize(name))?revision=\(revision)", nil))
    }

    /// The names that have a certificate.
    public func certificates() async throws(EdgeError) -> [String] {
        try decode(await send(.GET, "/certificates", nil))
    }
}
