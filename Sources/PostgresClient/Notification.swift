/// What `NOTIFY` sent. With an empty channel: listening has just begun, at first or after a loss of the connection, so that notifications may have
/// been missed before: look for yourself what is new.
public struct Notification: Hashable, Sendable {
    public let channel: String
    public let payload: String

    public init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}
