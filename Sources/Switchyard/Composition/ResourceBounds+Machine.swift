import Glibc
import Projects

extension ResourceBounds {
    /// A replica can have all cores and all memory of this machine, and no more.
    static func ofThisMachine() -> ResourceBounds {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let pageSize = sysconf(Int32(_SC_PAGESIZE))
        return ResourceBounds(cpu: Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))), memory: max(1 << 28, pages * pageSize))
    }
}
