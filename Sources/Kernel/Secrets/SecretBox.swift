import Crypto
import FoundationEssentials
public import Resources

/// Seals secrets for the database with AES-256-GCM. The workspace's id is associated data, so that a sealed value that is
/// moved to another workspace's row cannot be opened there.
///
/// Layout: key number (4 bytes, big endian), nonce (12), ciphertext, tag (16).
public struct SecretBox: Sendable {
    private let keyring: Keyring

    public init(keyring: Keyring) {
        self.keyring = keyring
    }

    public func seal(_ plain: some Sequence<UInt8>, workspace: Workspace.ID) throws -> [UInt8] {
        guard let key = keyring.key(keyring.current) else { throw Self.unopened }
        let box = try AES.GCM.seal(Array(plain), using: key, authenticating: Array(workspace.description.utf8))
        guard let combined = box.combined else { throw Self.unopened }
        return withUnsafeBytes(of: keyring.current.bigEndian) { Array($0) } + Array(combined)
    }

    /// - Throws: `SECRET_UNREADABLE` when the value was changed, belongs to another workspace, or its key is gone.
    public func open(_ sealed: [UInt8], workspace: Workspace.ID) throws -> [UInt8] {
        guard sealed.count > 4 else { throw Self.unopened }
        let number = sealed.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard let key = keyring.key(number) else { throw Self.unopened }
        do {
            let box = try AES.GCM.SealedBox(combined: Array(sealed.dropFirst(4)))
            return Array(try AES.GCM.open(box, using: key, authenticating: Array(workspace.description.utf8)))
        } catch {
            throw Self.unopened
        }
    }

    private static let unopened = SwitchyardError(
        .internalFault, code: "SECRET_UNREADABLE", "a stored secret cannot be opened with this installation's keys",
        hint: "restore the key file that belongs to this database")
}
