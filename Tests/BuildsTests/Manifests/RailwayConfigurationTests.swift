import Resources
import Testing

@testable import Builds

@Suite("RailwayConfiguration")
struct RailwayConfigurationTests {
    @Test("JSON and TOML say the same")
    func readsBoth() throws {
        let json = try RailwayConfiguration(
            fileName: "railway.json",
            text: """
                {"$schema": "https://railway.com/railway.schema.json",
                 "build": {"builder": "DOCKERFILE", "dockerfilePath": "docker/Dockerfile", "buildCommand": "make"},
                 "deploy": {"startCommand": "./run", "preDeployCommand": ["./migrate", "./seed"], "healthcheckPath": "/health",
                            "healthcheckTimeout": 30, "numReplicas": 2, "restartPolicyType": "ON_FAILURE",
                            "restartPolicyMaxRetries": 3, "drainingSeconds": 5}}
                """)
        let toml = try RailwayConfiguration(
            fileName: "railway.toml",
            text: """
                [build]
                builder = "dockerfile"
                dockerfilePath = "docker/Dockerfile"
                buildCommand = "make"
                [deploy]
                startCommand = "./run"
                preDeployCommand = ["./migrate", "./seed"]
                healthcheckPath = "/health"
                healthcheckTimeout = 30
                numReplicas = 2
                restartPolicyType = "on_failure"
                restartPolicyMaxRetries = 3
                drainingSeconds = 5
                """)
        #expect(json == toml)
        #expect(json.deploy.preDeployCommand == "./migrate && ./seed")
        #expect(json.deploy.restartPolicy == .onFailure)
        #expect(json.deploy.replicas == 2)
        // Each of the six that deployments don't follow is said.
        #expect(json.deploy.unapplied.count == 6)
        #expect(DeployHints(startCommand: "./run", healthcheckPath: "/health").unapplied == [])
    }

    @Test("odd types are ignored, a file that is none is an error")
    func isLenient() throws {
        let odd = try RailwayConfiguration(
            fileName: "railway.json", text: #"{"build": 1, "deploy": {"startCommand": 7, "numReplicas": "x"}}"#)
        #expect(odd == RailwayConfiguration())
        #expect(throws: ManifestError.self) { try RailwayConfiguration(fileName: "railway.json", text: "[deploy]") }
        #expect(throws: ManifestError.self) { try RailwayConfiguration(fileName: "railway.toml", text: "{}") }
    }
}
