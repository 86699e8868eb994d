import FoundationEssentials
import Kernel
import Resources
import Testing

@testable import Accounts

@Suite struct TokenCacheTests {
    private let authenticated = Authenticated(
        caller: .system("test"),
        identity: Identity(
            user: User(id: .new(), name: "a"), workspace: Workspace(id: .new(), name: "w", createdAt: Date()), role: .owner))

    private func hash(_ number: Int) -> [UInt8] { Array("\(number)".utf8) }

    @Test("it never holds more than its capacity, and keeps what is in use")
    func bounded() {
        let cache = TokenCache(capacity: 100, timeToLive: .seconds(60))
        for number in 0..<1000 {
            cache.insert(authenticated, for: hash(number), expiresAt: nil, epoch: cache.epoch)
            #expect(cache.count <= 100)
            #expect(cache.find(hash(0)) != nil)
        }
        #expect(cache.find(hash(1)) == nil)
    }

    @Test("a token that was looked up before a revocation is not kept after it")
    func revokedMeanwhile() {
        let cache = TokenCache(capacity: 100, timeToLive: .seconds(60))
        let epoch = cache.epoch
        cache.clear()
        cache.insert(authenticated, for: hash(1), expiresAt: nil, epoch: epoch)
        #expect(cache.find(hash(1)) == nil)
    }

    @Test("a token is forgotten when it expires")
    func expired() {
        let cache = TokenCache(capacity: 100, timeToLive: .seconds(60))
        cache.insert(authenticated, for: hash(1), expiresAt: Date(timeIntervalSinceNow: -1), epoch: cache.epoch)
        #expect(cache.find(hash(1)) == nil)
    }
}
