import Glibc

/// Whether the kernel can limit containers' memory, processes and CPU.
struct ControlGroupCheck: Sendable {
    /// The files that tell, changed by tests.
    var unifiedControllers = "/sys/fs/cgroup/cgroup.controllers"
    var controllers = "/proc/cgroups"

    private static let needed = ["cpu", "memory", "pids"]

    func findings() -> [Finding] {
        let isUnified = access(unifiedControllers, F_OK) == 0
        let present = isUnified ? unified() : versionOne()
        let missing = Self.needed.filter { !present.contains($0) }
        guard missing.isEmpty else {
            return [
                Finding(
                    .error, "CGROUP_CONTROLLERS_MISSING", "the kernel can't limit \(missing.joined(separator: ", ")) of containers",
                    remedy: isUnified
                        ? "delegate these controllers to this cgroup (systemd: Delegate=yes)"
                        : "boot with cgroup_enable=\(missing.joined(separator: ",")) or systemd.unified_cgroup_hierarchy=1")
            ]
        }
        return [Finding(.good, "CGROUP", "cgroup version \(isUnified ? 2 : 1) with cpu, memory and pids")]
    }

    private func unified() -> Set<String> {
        Set(ProcessFiles.text(unifiedControllers).split(whereSeparator: \.isWhitespace).map { String($0) })
    }

    /// Columns: name, hierarchy (0: none), number of cgroups, enabled.
    private func versionOne() -> Set<String> {
        let lines = ProcessFiles.text(controllers).split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Set(
            lines.compactMap { line in
                let columns = line.split(whereSeparator: \.isWhitespace)
                return columns.count >= 4 && columns[1] != "0" && columns[3] == "1" ? String(columns[0]) : nil
            })
    }
}
