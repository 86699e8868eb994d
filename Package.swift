// swift-tools-version: 6.2
import PackageDescription

// Every target of ours is held to the same rules: Swift 6, no warnings, imports named where they are used.
let rules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: rules)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: rules)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: [.init(stringLiteral: name)] + dependencies, swiftSettings: rules)
}

let package = Package(
    name: "switchyard",
    products: [
        .executable(name: "switchyard", targets: ["switchyard-server"]),
        .executable(name: "yard", targets: ["yard-cli"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // C: what Swift reaches only through a shim.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .target(name: "CLinux"),

        // Generic: these know nothing of Switchyard.
        library("PostgresClient", ["CPostgres", "CLinux", logging]),
        library("ContainerEngine", [httpClient, httpTypes, nioCore, nioPosix, nioHTTP1, logging]),
        library(
            "WebSocket",
            [
                hummingbirdCore, nioCore, nioPosix, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, nioWebSocket, nioSSL, httpTypes, logging,
                crypto,
            ]),
        library("Processes", ["CLinux", subprocess, systemPackage, logging]),
        library("Archives", ["CArchive"]),

        // What users see, as values: shared by the server and the CLI.
        library("Resources", []),

        // Kernel: ids, secrets, authorization, events, jobs, blobs. No noun that a user would say.
        library("Kernel", ["Resources", "PostgresClient", crypto, logging]),

        // Ports and their back ends.
        library("Orchestrator", ["Resources"]),
        library("OrchestratorEngine", ["Orchestrator", "ContainerEngine", "Processes", "Resources", crypto, logging]),
        library("Edge", ["Processes", httpClient, nioCore, nioHTTP1, nioPosix, logging]),

        // Services: none imports another.
        library("Accounts", ["Kernel", "Resources", "PostgresClient", crypto, logging]),
        library("Projects", ["Kernel", "Resources", "PostgresClient", crypto, logging]),
        library("Builds", ["Kernel", "Resources", "Processes", "Archives", crypto, logging]),
        library(
            "Deployments", ["Kernel", "Resources", "Orchestrator", "PostgresClient", httpClient, nioCore, nioPosix, nioHTTP1, logging]),
        library("Monitoring", ["Kernel", "Resources", "PostgresClient", logging]),

        // Interfaces.
        library(
            "Gateway",
            [
                "Accounts", "Projects", "Deployments", "Monitoring", "Kernel", "Orchestrator", "PostgresClient", "Resources", "WebSocket",
                hummingbird, hummingbirdCore, httpTypes, nioCore, nioHTTP1, logging,
            ]),

        // Composition: the only place that knows all.
        library(
            "Switchyard",
            [
                "Gateway", "Accounts", "Projects", "Builds", "Deployments", "Monitoring", "Orchestrator", "OrchestratorEngine", "Edge",
                "ContainerEngine", "Kernel", "Resources", "PostgresClient", "Processes", arguments, hummingbird, httpClient, nioCore,
                nioHTTP1, unixSignals, logging,
            ]),
        library("Yard", ["Resources", "Archives", "WebSocket", arguments, httpClient, nioCore, nioPosix, nioHTTP1, nioSSL]),
        program("switchyard-server", ["Switchyard"]),
        program("yard-cli", ["Yard"]),

        // Tests, beside what they test.
        .target(
            name: "TestSupport",
            dependencies: [
                "PostgresClient", "Processes", "Kernel", "Resources", "ContainerEngine", "Orchestrator", "OrchestratorEngine", logging,
            ],
            path: "Tests/TestSupport", swiftSettings: rules),
        tests("PostgresClient", ["TestSupport"]),
        tests("ContainerEngine", ["TestSupport"]),
        tests("WebSocket", ["TestSupport", "Processes", hummingbirdCore, httpTypes, nioCore, nioPosix, nioSSL, logging]),
        tests("Processes", ["TestSupport", logging]),
        tests("Archives", ["TestSupport", "Processes"]),
        tests("Resources", []),
        tests("Kernel", ["TestSupport", "PostgresClient"]),
        tests("OrchestratorEngine", ["Orchestrator", "ContainerEngine", "Resources", "TestSupport", logging]),
        tests("Edge", ["TestSupport", "Processes", "Resources", httpClient, nioCore, nioHTTP1, nioPosix, logging]),
        tests("Accounts", ["TestSupport", "Kernel", "PostgresClient"]),
        tests("Projects", ["TestSupport", "Kernel", "PostgresClient"]),
        tests("Builds", ["TestSupport", "Archives", "Kernel", "Processes", "Resources"]),
        tests("Deployments", ["TestSupport", "Kernel", "Orchestrator", "PostgresClient", "Projects"]),
        tests("Monitoring", ["TestSupport", "Kernel", "PostgresClient", "Processes"]),
        tests(
            "Gateway",
            [
                "TestSupport", "Kernel", "Accounts", "Projects", "Builds", "Deployments", "Monitoring", "Orchestrator", "PostgresClient",
                "WebSocket", hummingbird, hummingbirdCore, hummingbirdTesting, httpClient, httpTypes, nioCore, nioHTTP1, nioPosix, logging,
            ]),
        tests(
            "Switchyard",
            [
                "TestSupport", "Builds", "ContainerEngine", "Deployments", "Edge", "Kernel", "Orchestrator", "OrchestratorEngine",
                "Processes", "Resources", logging,
            ]),
        tests(
            "Yard",
            [
                "TestSupport", "Resources", "Archives", "WebSocket", "Processes", hummingbirdCore, httpTypes, nioCore, nioPosix, logging,
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "ContainerEngine", "Resources", "Processes", "WebSocket", "Yard", "Switchyard", httpClient, nioCore,
                nioHTTP1,
            ],
            swiftSettings: rules),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport", "Processes"], swiftSettings: rules),
    ]
)
