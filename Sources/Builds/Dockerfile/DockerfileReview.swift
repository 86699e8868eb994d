import Kernel

/// Reads a user's Dockerfile for what would reach out of its build, before anything is run: other people's images by a piece
/// of their id, files of the machine by a transport, the machine's own network, or a download by the builder itself.
///
/// What isn't understood is refused: builders differ in how they read the odd corners.
struct DockerfileReview: Sendable {
    let dockerfile: Dockerfile
    /// Build arguments that the Dockerfile gets from outside.
    let given: [String: String]
    let instance: String
    let allowsPrivateAddresses: Bool

    /// - Returns: the images that are taken from this machine or a registry.
    /// - Throws: `SwitchyardError` with `DOCKERFILE_INVALID` or `DOCKERFILE_FORBIDDEN`.
    func images() throws(SwitchyardError) -> [String] {
        for line in dockerfile.lines.prefix(while: { $0.hasPrefix("#") }) {
            let directive = line.dropFirst().trimmed.lowercased().filter { !$0.isWhitespace }
            guard !directive.hasPrefix("escape=") || directive == "escape=\\" else {
                throw Self.forbidden("the escape character can't be changed")
            }
        }
        guard dockerfile.instructions.contains(where: { $0.keyword == "FROM" }) else {
            throw SwitchyardError(
                .invalid, code: "DOCKERFILE_INVALID", "the Dockerfile has no FROM instruction", hint: "begin it with FROM and an image")
        }
        return try review(dockerfile.instructions).union(try review(dockerfile.suspects)).sorted()
    }

    private func review(_ instructions: [Dockerfile.Instruction]) throws(SwitchyardError) -> Set<String> {
        var images: Set<String> = []
        var stages: Set<String> = []
        var count = 0
        var variables = DockerfileVariables(Self.platform)
        func take(_ text: String) throws(SwitchyardError) {
            guard let name = variables.expand(text) else { throw Self.forbidden("'\(text)' can't be resolved to an image's name") }
            if stages.contains(name.lowercased()) || Int(name).map({ (0..<count).contains($0) }) == true || name == "scratch" { return }
            try ImageReference.check(name, instance: instance, allowsPrivateAddresses: allowsPrivateAddresses)
            images.insert(name)
        }
        for instruction in instructions {
            switch instruction.keyword {
            case "ARG":
                // Only those before the first FROM count in a FROM.
                if count == 0 { variables.declare(instruction.arguments, given: given) }
            case "FROM":
                let words = instruction.flags.rest.split(whereSeparator: \.isWhitespace).map(String.init)
                guard let image = words.first else { throw Self.forbidden("FROM names no image") }
                try take(image)
                count += 1
                if words.count == 3, words[1].lowercased() == "as" { stages.insert(words[2].lowercased()) }
            case "COPY", "ADD", "RUN": for image in try outside(instruction) { try take(image) }
            case "ONBUILD":
                let inner = Dockerfile(instruction.arguments).instructions
                for instruction in inner {
                    for image in try outside(instruction) { try take(image) }
                }
            default: break
            }
        }
        return images
    }

    /// The images that an instruction copies or mounts from.
    private func outside(_ instruction: Dockerfile.Instruction) throws(SwitchyardError) -> [String] {
        var images: [String] = []
        let (flags, rest) = instruction.flags
        for flag in flags {
            // A base image's own variables would count in there as well, and those nobody knows here.
            guard !flag.value.contains(where: { "\"'\\".contains($0) }), flag.name == "chown" || !flag.value.contains("$") else {
                throw Self.forbidden("quotes, backslashes and variables in --\(flag.name) are not understood")
            }
            switch (instruction.keyword, flag.name) {
            case ("COPY", "from"): images.append(flag.value)
            case ("RUN", "mount"):
                if let image = flag.options["from"] { images.append(image) }
                if flag.options["type"] == "ssh" { throw Self.forbidden("there is no SSH agent to mount") }
            case ("RUN", "network"):
                guard ["default", "none"].contains(flag.value) else { throw Self.forbidden("RUN can't choose the network '\(flag.value)'") }
            case ("RUN", "security"): throw Self.forbidden("RUN can't choose its security")
            default: break
            }
        }
        if instruction.keyword == "ADD" {
            // The builder itself would fetch it, from where the machine is and not from where the build is.
            let sources = rest.lowercased()
            guard !sources.contains("://"), !sources.contains("git@"), !sources.contains("$") else {
                throw Self.forbidden("ADD can't download: use RUN with curl or wget")
            }
        }
        return images
    }

    private static func forbidden(_ reason: String) -> SwitchyardError {
        SwitchyardError(
            .invalid, code: "DOCKERFILE_FORBIDDEN", "the Dockerfile can't be built here: \(SourceDirectory.printable(reason))",
            hint: "change the instruction and deploy again")
    }

    /// What builders set by themselves.
    private static var platform: [String: String] {
        #if arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "amd64"
        #endif
        var values: [String: String] = [:]
        for prefix in ["TARGET", "BUILD"] {
            values[prefix + "PLATFORM"] = "linux/\(architecture)"
            values[prefix + "OS"] = "linux"
            values[prefix + "ARCH"] = architecture
            values[prefix + "VARIANT"] = ""
        }
        return values
    }
}
