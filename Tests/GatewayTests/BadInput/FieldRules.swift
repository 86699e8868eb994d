import Resources

/// Every field of every body, and what it takes. A field without a line here fails the walk.
enum FieldRules {
    /// What has characters that a field can't hold: any control character, and what nobody can see.
    private static let unfit: Set<String> = ["NUL", "huge", "long"]
    /// Values are anybody's: all that a process's environment can hold.
    private static let anyText = BadText.names.subtracting(unfit)
    /// One line of visible characters, run in the user's own container and nowhere else.
    private static let command = anyText.subtracting([
        "newline", "carriage return", "line separator", "escape", "bidi", "zero width", "blank", "leading dash", "option", "empty",
    ])
    /// What git-check-ref-format(1) allows; no program ever takes it for an option or a shell's word.
    private static let reference: Set<String> = ["pipe", "redirection", "emoji"]
    /// Options are options only at the beginning of an argument.
    private static let urlPath: Set<String> = ["leading dash", "option"]

    static let all: [FieldRule] =
        names + settings + variables(of: "variables.set") + variables(of: "shared-variables.set") + sources + places

    private static let names = [
        name("projects.create"), name("projects.rename"), name("environments.create"), name("services.create"), name("services.rename"),
        name("volumes.create") { "{\"name\":\($0),\"mountPath\":\"/data\"}" },
    ]

    private static func name(_ operation: String, body: (@Sendable (String) -> String)? = nil) -> FieldRule {
        FieldRule(operation, "name", "NAME_INVALID", embedded: [.within("a"), .within("a", "b")], body: body)
    }

    private static let settings = [
        FieldRule("settings.update", "startCommand", "COMMAND_INVALID", legitimate: command, resets: ["empty"]) {
            try $0.decode(ServiceSettings.self).startCommand
        },
        FieldRule("settings.update", "buildCommand", "COMMAND_INVALID", legitimate: command, resets: ["empty"]) {
            try $0.decode(ServiceSettings.self).buildCommand
        },
        FieldRule(
            "settings.update", "rootDirectory", "PATH_INVALID", embedded: [.within("src/"), .within("src/", "/x")], resets: ["empty"]
        ) {
            try $0.decode(ServiceSettings.self).rootDirectory
        },
        FieldRule(
            "settings.update", "dockerfilePath", "PATH_INVALID", embedded: [.within("src/"), .within("src/", "/x")], resets: ["empty"]
        ) {
            try $0.decode(ServiceSettings.self).dockerfilePath
        },
        FieldRule(
            "settings.update", "healthcheckPath", "PATH_INVALID", embedded: [.within("/", legitimate: urlPath)], resets: ["empty"]
        ) {
            try $0.decode(ServiceSettings.self).healthcheckPath
        },
        noText("settings.update", "healthcheckTimeout"), noText("settings.update", "replicas"), noText("settings.update", "restartPolicy"),
        noText("settings.update", "restartPolicyMaxRetries"), noText("settings.update", "drainingSeconds"),
        noText("settings.update", "cpuLimit"), noText("settings.update", "memoryLimit"), noText("settings.update", "isPublic"),
    ]

    private static func variables(of operation: String) -> [FieldRule] {
        [
            FieldRule(
                operation, "variables{name}", "VARIABLE_NAME_INVALID", embedded: [.within("A"), .within("A", "B")],
                body: { "{\"variables\":{\($0):\"x\"}}" }),
            FieldRule(
                operation, "variables{value}", "VALUE_TOO_LARGE", legitimate: anyText, embedded: [.within("a", "b", legitimate: anyText)]
            ) {
                try $0.decode([Variable].self).first { $0.name == "A" }?.value
            } body: {
                "{\"variables\":{\"A\":\($0)}}"
            },
            noText(operation, "sealed") { "{\"variables\":{\"A\":\"x\"},\"sealed\":\($0)}" },
            noText(operation, "redeploy") { "{\"variables\":{\"A\":\"x\"},\"redeploy\":\($0)}" },
        ]
    }

    private static let sources = [
        FieldRule(
            "deployments.create", "source.git.url", "GIT_URL_INVALID",
            embedded: [.within("https://example.com/"), .within("https://", "/x"), .within("git@", ":x"), .within("ssh://", "@host/x")],
            body: { "{\"source\":{\"git\":{\"url\":\($0)}}}" }),
        FieldRule(
            "deployments.create", "source.git.reference", "GIT_REFERENCE_INVALID", legitimate: reference,
            embedded: [.within("feature/", legitimate: reference)]
        ) {
            guard case .git(_, let reference) = try $0.decode(Deployment.self).source else { return nil }
            return reference
        } body: {
            "{\"source\":{\"git\":{\"url\":\"https://example.com/x\",\"reference\":\($0)}}}"
        },
        FieldRule(
            "deployments.create", "source.image.reference", "IMAGE_NAME_INVALID",
            embedded: [.within("registry.example.com/"), .within("nginx:"), .within("nginx@sha256:"), .within("", "/nginx")],
            body: { "{\"source\":{\"image\":{\"reference\":\($0)}}}" }),
        // An upload is the archive itself: naming one by its hash would give everybody everybody's source.
        FieldRule(
            "deployments.create", "source.upload.sha256", "SOURCE_INVALID", body: { "{\"source\":{\"upload\":{\"sha256\":\($0)}}}" }),
    ]

    private static let places = [
        FieldRule("domains.create", "host", "HOST_INVALID", embedded: [.within("", ".example.com"), .within("*.", ".example.com")]),
        noText("domains.create", "targetPort"),
        FieldRule("volumes.create", "mountPath", "PATH_INVALID", embedded: [.within("/data/"), .within("/data/", "/x")]),
    ]

    /// A number, a flag, or one of some words.
    private static func noText(_ operation: String, _ field: String, body: (@Sendable (String) -> String)? = nil) -> FieldRule {
        FieldRule(operation, field, "BODY_INVALID", body: body)
    }
}
