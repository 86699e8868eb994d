import ArgumentParser

/// What every command understands.
struct CommonOptions: ParsableArguments, Sendable {
    @Flag(help: "Print JSON on standard output, and problems as JSON on standard error.")
    var json = false

    @Option(help: ArgumentHelp("The server. Default: SWITCHYARD_URL, or the one logged in to last.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("A PEM file of certificates to trust, also SWITCHYARD_CA.", valueName: "file"))
    var caFile: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("A project by name or id. Default: the folder's link.", valueName: "project"))
    var project: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("An environment by name or id.", valueName: "environment"))
    var environment: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("A service by name or id.", valueName: "service"))
    var service: String?
}
