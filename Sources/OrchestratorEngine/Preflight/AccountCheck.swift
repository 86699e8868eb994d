import Glibc

/// Whether this process may do what the platform does.
struct AccountCheck: Sendable {
    var user = geteuid()

    func findings() -> [Finding] {
        user == 0
            ? [Finding(.good, "ACCOUNT", "runs as root")]
            : [
                Finding(
                    .error, "ACCOUNT_NOT_ROOT", "runs as user \(user), which can't limit containers nor listen on ports below 1024",
                    remedy: "run it as root")
            ]
    }
}
