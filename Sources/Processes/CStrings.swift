import Glibc

/// Calls `body` with a NULL-terminated array of C strings that lives as long as the call.
func withCStrings<Value>(_ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Value) -> Value {
    var pointers = texts.map { strdup($0) }
    pointers.append(nil)
    defer { pointers.forEach { free($0) } }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
}

/// Calls `body` with the text as a C string, or NULL.
func withOptionalCString<Value>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Value) -> Value {
    guard let text else { return body(nil) }
    return text.withCString(body)
}

/// What the system says about an errno value.
func systemMessage(_ number: Int32) -> String {
    // Safe in threads since glibc 2.32.
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
}
