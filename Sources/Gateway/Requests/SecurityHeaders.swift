import HTTPTypes

/// Headers of every answer of the API: nothing in it is a page, may be framed, guessed about, or kept.
enum SecurityHeaders {
    static func add(to headers: inout HTTPFields) {
        headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "no-store"
        headers[.referrerPolicy] = "no-referrer"
    }
}

extension HTTPField.Name {
    static let referrerPolicy = constant("Referrer-Policy")
    static let requestID = constant("X-Request-Id")

    /// A name that is known to be well-formed; a wrong one would show in every answer.
    private static func constant(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .via
    }
}
