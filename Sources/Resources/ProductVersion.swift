/// The version of Switchyard: of the server, and of `yard`.
public enum ProductVersion {
    public static let current = "0.1.0"
}
