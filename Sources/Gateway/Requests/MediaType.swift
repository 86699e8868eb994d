/// The part of a `Content-Type` that says what it is.
enum MediaType {
    /// Without parameters, in lower case.
    static func essence(of header: String) -> String {
        let essence = header.prefix { $0 != ";" }
        return essence.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
}
