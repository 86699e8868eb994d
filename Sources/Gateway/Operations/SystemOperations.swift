import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Resources

/// About the server itself and who calls.
struct SystemOperations: Sendable {
    let services: GatewayServices
    let configuration: GatewayConfiguration
    let metrics: RequestMetrics

    var all: [Operation] {
        [
            Operation(name: "health.get", method: .get, path: "/health", authorization: .anybody, input: nil) { _ in
                try JSONResponse.make(["status": "ok"])
            },
            Operation(name: "version.get", method: .get, path: "/version", authorization: .anybody, input: nil) { [configuration] _ in
                try JSONResponse.make(["version": configuration.version])
            },
            Operation(name: "identity.get", method: .get, path: "/me", authorization: .identified, input: nil) { call in
                try JSONResponse.make(try call.identity)
            },
            // The upgrade itself happens before HTTP operations are looked for.
            Operation(name: "live.open", method: .get, path: "/live", authorization: .identified, input: nil) { _ in
                throw SwitchyardError(
                    .invalid, code: "UPGRADE_REQUIRED", "this is a WebSocket, and the request did not ask for one",
                    hint: "connect with a WebSocket client")
            },
            Operation(name: "metrics.get", method: .get, path: "/metrics", authorization: .permitted(.workspaceWrite), input: nil) {
                [metrics, services] _ in
                let text = await metrics.exposition + ProcessMetrics.exposition + services.moreMetrics()
                return Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: .init(byteBuffer: ByteBuffer(string: text)))
            },
        ]
    }
}
