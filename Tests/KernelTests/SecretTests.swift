import FoundationEssentials
import Kernel
import Resources
import Testing

struct SecretTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "switchyard-keys-\(UUID())").path

    @Test("a secret shows its value to nobody who prints, dumps or interpolates it")
    func secretsDoNotPrint() {
        let secret = SecretText("hunter2")
        var dumped = ""
        dump(["k": secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
            #expect(!text.contains("hunter2"))
        }
        #expect(secret.reveal() == "hunter2")
    }

    @Test("a sealed secret opens in its own workspace only, and not when a byte changed")
    func sealsBindTheWorkspace() throws {
        let box = SecretBox(keyring: try Keyring(keys: [1: Array(0..<32)]))
        let workspace = Workspace.ID.new()
        let sealed = try box.seal("swordfish".utf8, workspace: workspace)
        #expect(try box.open(sealed, workspace: workspace) == Array("swordfish".utf8))
        #expect(!sealed.hex.contains(Array("swordfish".utf8).hex))
        #expect(throws: SwitchyardError.self) { try box.open(sealed, workspace: .new()) }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: SwitchyardError.self) { try box.open(changed, workspace: workspace) }
        }
    }

    @Test("an old key still opens what it sealed after a new one came")
    func keysRotate() throws {
        let old: [UInt8] = Array(0..<32)
        let workspace = Workspace.ID.new()
        let sealed = try SecretBox(keyring: Keyring(keys: [1: old])).seal([7], workspace: workspace)
        let both = SecretBox(keyring: try Keyring(keys: [1: old, 2: old.reversed()]))
        #expect(try both.open(sealed, workspace: workspace) == [7])
        #expect(try both.seal([7], workspace: workspace).prefix(4) == [0, 0, 0, 2])
    }

    @Test("the key file is made once, mode 0600, and refused when others can read it")
    func keyFileIsGuarded() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/master"
        let workspace = Workspace.ID.new()
        let sealed = try SecretBox(keyring: .load(path: path)).seal([1], workspace: workspace)
        #expect(try SecretBox(keyring: .load(path: path)).open(sealed, workspace: workspace) == [1])
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let error = #expect(throws: SwitchyardError.self) { try Keyring.load(path: path) }
        #expect(error?.code == "KEY_FILE_UNSAFE")
    }

    @Test(
        "an empty ring and a key that is no key are refused",
        arguments: [[:], [1: Array(repeating: 0, count: 32)], [1: [1, 2, 3]]] as [[UInt32: [UInt8]]])
    func weakKeysAreRefused(keys: [UInt32: [UInt8]]) {
        #expect(throws: SwitchyardError.self) { try Keyring(keys: keys) }
    }
}
