import Crypto
import FoundationEssentials

/// What an image of the stack is made of. Its hash is part of the image's name, so that a changed recipe makes a new image.
struct StackRecipe: Sendable {
    static let suite = "trixie"
    static let repository = "localhost/switchyard/stack"
    /// Count up when something that isn't part of ``hash`` changes what comes out.
    private static let revision = 1

    let flavour: Flavour

    /// `localhost/switchyard/stack:python-0123456789ab`
    var reference: String {
        "\(Self.repository):\(flavour.rawValue)-\(hash.prefix(12))"
    }

    /// A name that doesn't change, for people's Dockerfiles: `localhost/switchyard/stack:python`.
    var alias: String {
        "\(Self.repository):\(flavour.rawValue)"
    }

    var hash: String {
        let parent = flavour.parent.map { StackRecipe(flavour: $0).hash } ?? Self.suite
        let options = flavour == .base ? Self.bootstrapOptions(checksValidUntil: true, certificates: nil) : [installScript]
        var parts = [parent, "\(Self.revision)"] + options + files.flatMap { [$0.path, $0.text] }
        parts += environment.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let digest = SHA256.hash(data: Data(parts.joined(separator: "\n").utf8))
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Files that the image has besides Debian's.
    var files: [(path: String, text: String)] {
        flavour == .staticSite ? [("/etc/switchyard/site.Caddyfile", SiteConfiguration.text)] : []
    }

    var environment: [String: String] {
        switch flavour {
        case .base: ["LANG": "C.UTF-8", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/app"]
        case .go: ["GOTOOLCHAIN": "local", "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOPATH": "/opt/tools/go"]
        // The server keeps its last configuration there, and not among the files that it serves.
        case .staticSite: ["XDG_CONFIG_HOME": "/tmp", "XDG_DATA_HOME": "/tmp"]
        default: [:]
        }
    }

    /// Options of mmdebstrap: no documentation and no translations, also for packages that later layers add.
    static func bootstrapOptions(checksValidUntil: Bool, certificates: String?) -> [String] {
        let excluded = ["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*", "/usr/share/info/*", "/usr/share/lintian/*"]
        var settings = [
            "APT::Install-Recommends \"false\"", "Acquire::Languages \"none\"", "Acquire::Retries \"3\"", "Dpkg::Use-Pty \"false\"",
        ]
        if !checksValidUntil { settings.append("Acquire::Check-Valid-Until \"false\"") }
        var options = ["--variant=minbase", "--include=" + Flavour.base.packages.joined(separator: ",")]
        options += settings.map { "--aptopt=" + $0 }
        options += excluded.map { "--dpkgopt=path-exclude=" + $0 }
        options += ["--dpkgopt=path-include=/usr/share/doc/*/copyright", "--dpkgopt=force-unsafe-io"]
        // The account that applications run as, and the folders that builds mount their scripts and caches at: they are part
        // of the image, so that mounting leaves no trace in a layer.
        options.append(
            "--customize-hook=chroot \"$1\" useradd --uid 1000 --user-group --home-dir /app --no-create-home --shell /bin/bash app")
        options.append("--customize-hook=chroot \"$1\" install -d -o 1000 -g 1000 /app /opt/tools /run/switchyard /var/cache/switchyard")
        options.append("--customize-hook=rm -rf \"$1\"/var/cache/apt/archives/*.deb \"$1\"/var/log/* \"$1\"/var/cache/ldconfig/aux-cache")
        if let certificates { options.append("--aptopt=Acquire::https::CAInfo \"\(certificates)\"") }
        return options
    }

    /// Adds the flavour's packages to its parent.
    var installScript: String {
        """
        set -e
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -q
        apt-get install -q -y --no-install-recommends \(flavour.packages.joined(separator: " "))
        apt-get clean
        rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/ldconfig/aux-cache
        """
    }
}
