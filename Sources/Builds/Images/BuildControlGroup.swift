import FoundationEssentials
import Glibc

/// The control group of one build, in whatever layout the machine has (cgroups(7)): one tree (version 2), a tree for each
/// controller (version 1), or both. It bounds the number of processes, tells whether the kernel ended one for want of memory,
/// and finds what runs when the program that started it is gone.
struct BuildControlGroup: Sendable {
    private static let mount = "/sys/fs/cgroup"

    /// Below the mounts, such as `/switchyard-builds/<instance>-<id>`.
    let path: String

    /// Where the containers' own processes go: below the group that has the limit, so that the runtime may remove it.
    var containers: String {
        path + "/run"
    }

    func limitProcesses(_ count: Int) {
        for tree in Self.trees {
            guard tree == Self.mount || tree.hasSuffix("/pids") else { continue }
            // Version 2 hands a controller down only where the parent says so.
            for parent in ["", Self.parent(of: path)] { Self.write("+pids +memory +cpu", to: tree + parent + "/cgroup.subtree_control") }
            Self.makeFolders(tree, path)
            for parent in ["", Self.parent(of: path)] { Self.write("+pids +memory +cpu", to: tree + parent + "/cgroup.subtree_control") }
            Self.write("\(count)", to: tree + path + "/pids.max")
        }
    }

    /// How many processes the kernel has ended for want of memory, as far as the groups still exist.
    var outOfMemoryKills: Int {
        let files =
            ["\(Self.mount)\(path)/memory.events"]
            + ["memory", "unified"].flatMap { tree in
                ["\(Self.mount)/\(tree)\(containers)/memory.oom_control", "\(Self.mount)/\(tree)\(path)/memory.events"]
            }
        return files.reduce(0) { total, file in
            guard let data = FileManager.default.contents(atPath: file) else { return total }
            for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix("oom_kill ") {
                return total + (Int(line.dropFirst(9)) ?? 0)
            }
            return total
        }
    }

    /// Ends all processes in the group: containers of a build whose Buildah was killed go on by themselves otherwise.
    func killAll() {
        for process in processes { kill(process, SIGKILL) }
    }

    var processes: Set<Int32> {
        var found: Set<Int32> = []
        for tree in Self.trees {
            for group in [path, containers] {
                guard let data = FileManager.default.contents(atPath: tree + group + "/cgroup.procs") else { continue }
                found.formUnion(String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { Int32($0) })
            }
        }
        return found
    }

    /// Removes the groups; those that still have processes stay.
    func remove() {
        for tree in Self.trees {
            rmdir(tree + containers)
            rmdir(tree + path)
        }
    }

    /// Removes the group and ends what runs in it, waiting up to two seconds for its processes to be gone.
    func clear() async {
        await Task {
            for _ in 0..<100 where !processes.isEmpty {
                killAll()
                try? await Task.sleep(for: .milliseconds(20))
            }
            remove()
        }.value
    }

    /// The names below a group, such as those of all builds.
    static func groups(below path: String) -> Set<String> {
        var names: Set<String> = []
        for tree in trees {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: tree + path)) ?? [] {
                var status = stat()
                if stat("\(tree)\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR { names.insert(name) }
            }
        }
        return names
    }

    private static var trees: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: mount)) ?? []
        let isUnified = names.contains("cgroup.controllers")
        return isUnified ? [mount] : names.map { mount + "/" + $0 }.filter { access($0 + "/cgroup.procs", F_OK) == 0 }
    }

    private static func parent(of path: String) -> String {
        path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }

    private static func makeFolders(_ tree: String, _ path: String) {
        var folder = tree
        for part in path.split(separator: "/") {
            folder += "/" + part
            mkdir(folder, 0o755)
        }
    }

    /// A controller that isn't there is no failure: what limits then is the memory.
    private static func write(_ text: String, to file: String) {
        let descriptor = open(file, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = text.utf8.withContiguousStorageIfAvailable { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
