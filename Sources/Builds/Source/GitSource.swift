import Archives
import FoundationEssentials
import Glibc
import Kernel
import Processes

/// Fetches one commit of a Git repository that nobody vouches for.
///
/// Git gets no configuration but ours, no prompts, no hooks, no submodules, no filters, and only the transports that are
/// needed; nothing is checked out: the commit's tree is written as an archive, which is unpacked like every other.
struct GitSource: Sendable {
    let configuration: BuilderConfiguration
    /// A folder of its own, below the build's.
    let directory: String

    private static let target = "refs/switchyard/source"

    /// Writes the commit's tree to `archive`, a tar file.
    /// - Throws: `SwitchyardError` with a code that begins with `GIT_`, or `HOST_NOT_FOUND`, `ADDRESS_FORBIDDEN`, `SOURCE_TOO_LARGE`.
    func fetch(_ text: String, reference: String?, to archive: String) async throws -> Commit {
        let url = try GitURL(text)
        let wanted = try reference.map { name throws(SwitchyardError) in try GitReference(name) }
        if url.transport == .ssh, configuration.sshKeyFile == nil {
            throw SwitchyardError(
                .invalid, code: "GIT_SSH_UNAVAILABLE", "this installation has no key for Git over SSH",
                hint: "use an https:// URL, or ask the operator to set a key")
        }
        let addresses = try await AddressPolicy(allowsPrivateAddresses: configuration.allowsPrivateAddresses).addresses(of: url.host)
        let git = GitCommand(url: url, addresses: addresses, configuration: configuration, directory: directory)
        try FileManager.default.createDirectory(atPath: directory + "/home", withIntermediateDirectories: true)
        try await git.run(["init", "--quiet", "--bare", "--template=", directory + "/repository"])
        // A pack and its index, or hundreds of thousands of references in a file each: together they may have what a source may have.
        let limit = FolderLimit(
            path: directory, maximumBytes: FolderLimit.bytes(in: directory) + configuration.limits.source.maximumBytes)
        let branch = try await limit.enforce(or: git.tooLarge) { () async throws -> String? in
            if let wanted { return try await fetch(wanted, git) }
            try await git.run(fetchArguments(url, "HEAD"))
            return try await defaultBranch(url, git)
        }
        let commit = try await commit(git, branch: branch)
        try await git.run(["archive", "--format=tar", "--output=\(archive)", commit.hash])
        return commit
    }

    /// - Returns: the branch, when it is one.
    private func fetch(_ reference: GitReference, _ git: GitCommand) async throws -> String? {
        for candidate in reference.candidates {
            do {
                try await git.run(fetchArguments(git.url, candidate))
                return candidate.hasPrefix("refs/heads/") ? String(candidate.dropFirst(11)) : nil
            } catch let error as SwitchyardError where error.code == "GIT_REFERENCE_NOT_FOUND" {
                continue
            }
        }
        if reference.isCommit {
            // Not every server gives out single commits: then all branches are fetched, and the commit has to be in one.
            try await git.run([
                "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--", git.url.location, "+refs/heads/*:refs/all/*",
            ])
            do {
                try await git.run(["update-ref", Self.target, "\(reference.name)^{commit}"])
                return nil
            } catch is SwitchyardError {}
        }
        throw SwitchyardError(
            .invalid, code: "GIT_REFERENCE_NOT_FOUND", "the repository has no branch, tag or commit '\(reference.name)'",
            hint: "check the name; a commit needs its full hash")
    }

    private func fetchArguments(_ url: GitURL, _ reference: String) -> [String] {
        ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", url.location, "+\(reference):\(Self.target)"]
    }

    private func defaultBranch(_ url: GitURL, _ git: GitCommand) async throws -> String? {
        let lines = try await git.run(["ls-remote", "--symref", "--", url.location, "HEAD"]).split(separator: "\n")
        let prefix = "ref: refs/heads/"
        return lines.first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count).split(separator: "\t").first.map(String.init)
    }

    private func commit(_ git: GitCommand, branch: String?) async throws -> Commit {
        let fields = try await git.run(["log", "-1", "--format=%H%x00%an%x00%at%x00%B", Self.target]).split(
            separator: "\0", omittingEmptySubsequences: false)
        guard fields.count >= 4, let seconds = Double(fields[2]) else {
            throw SwitchyardError(.invalid, code: "GIT_FETCH_FAILED", "what the repository gave is no commit")
        }
        return Commit(
            hash: String(fields[0]), author: String(fields[1].prefix(200)), message: String(fields[3].trimmed.prefix(1000)),
            time: Date(timeIntervalSince1970: seconds), branch: branch)
    }
}
