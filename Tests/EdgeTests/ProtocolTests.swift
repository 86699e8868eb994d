import Edge
import FoundationEssentials
import Processes
import Testing

extension EdgeTests {
    @Suite struct ProtocolTests {
        private func send(_ edge: TestEdge, _ text: String) async throws -> String {
            try await RawConnection.with(port: edge.configuration.httpPort) { connection in
                try await connection.send(text)
                return await connection.readToEnd()
            }
        }

        private static let ambiguous = [
            "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nConnection: close\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: xchunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: +5\r\n\r\nhello",
            "GET / HTTP/1.1\r\nHost: app.test\r\nHost: other.test\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: app.test\r\nX: a\r\n b: c\u{0}\r\n\r\n",
            "GET /../../etc HTTP/1.1\r\nHost: app.test\r\n\r\n",
            "GET /%00 HTTP/1.1\r\nHost: app.test\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: app test\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: app.test/x\r\n\r\n",
            "GET / HTTP/3.7\r\nHost: app.test\r\n\r\n",
            "\u{16}\u{3}\u{1} nonsense\r\n\r\n",
            "TRACE / HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n",
            "CONNECT app.test:80 HTTP/1.1\r\nHost: app.test\r\n\r\n",
        ]

        @Test("requests that two servers could read differently are refused, and reach no application")
        func smuggling() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()]), revision: 1)
                    for request in Self.ambiguous {
                        let answer = try await send(edge, request)
                        #expect([" 400 ", " 405 ", " 501 ", " 505 "].contains { answer.contains($0) }, "\(request): \(answer)")
                        #expect(upstream.requests.isEmpty, "\(request)")
                    }
                }
            }
        }

        @Test("the host that is routed by is the host that the application is told")
        func absoluteForm() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()]), revision: 1)
                    let answer = try await send(edge, "GET http://other.test/head HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n")
                    #expect(answer.contains("Host: app.test\r\n") && !answer.contains("other.test"))
                    #expect(try await send(edge, "GET / HTTP/1.0\r\n\r\n").contains("HOST_UNKNOWN"))
                }
            }
        }

        @Test("HTTP/2 works, with the certificate of the name asked for, exact or wildcard, and the fallback for others")
        func http2() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    let folder = edge.configuration.folder
                    for host in ["app.test", "a.wild.test", "plain.test"] {
                        try await edge.control.apply(try Route(host: host, endpoints: [upstream.endpoint()]), revision: 1)
                    }
                    let exact = try await certificate("app.test", in: folder)
                    let wildcard = try await certificate("*.wild.test", in: folder)
                    try await edge.control.putCertificate(name: "app.test", certificate: exact.certificate, key: exact.key, revision: 1)
                    try await edge.control.putCertificate(
                        name: "*.wild.test", certificate: wildcard.certificate, key: wildcard.key, revision: 2)
                    #expect(try await edge.control.certificates() == ["*.wild.test", "app.test"])
                    // curl trusts nothing but the one certificate, so it proves that this one is shown.
                    #expect(try await curl(edge, "app.test", ["--cacert", exact.file]) == "app 2 200")
                    #expect(try await curl(edge, "a.wild.test", ["--cacert", wildcard.file]) == "app 2 200")
                    #expect(try await curl(edge, "plain.test", ["-k"]) == "app 2 200")
                    #expect(try await curl(edge, "plain.test", ["--cacert", exact.file]).hasSuffix(" 000"))

                    await #expect {
                        try await edge.control.putCertificate(
                            name: "app.test", certificate: exact.certificate, key: wildcard.key, revision: 3)
                    } throws: { ($0 as? EdgeError)?.code == .invalid }
                    await #expect {
                        try await edge.control.putCertificate(name: "app.test", certificate: "-----BEGIN nonsense", key: "", revision: 3)
                    } throws: { ($0 as? EdgeError)?.code == .invalid }
                    #expect(try await curl(edge, "app.test", ["--cacert", exact.file]) == "app 2 200")

                    await edge.process.stop(grace: .zero)
                    try await edge.process.start()
                    #expect(try await curl(edge, "app.test", ["--cacert", exact.file]) == "app 2 200")
                    try await edge.control.removeCertificate(name: "app.test", revision: 4)
                    #expect(try await curl(edge, "app.test", ["--cacert", exact.file]).hasSuffix(" 000"))
                }
            }
        }

        @Test("a client that sends its headers or nothing too slowly is cut off")
        func slowClient() async throws {
            try await TestEdge.with({ $0.headerTimeout = .seconds(1) }) { edge in
                let began = ContinuousClock.now
                _ = try await send(edge, "GET / HTTP/1.1\r\nHost: app.test\r\nX-Slow: ")
                #expect(ContinuousClock.now - began < .seconds(10))
            }
        }

        @Test("a proxy in front that is trusted may say who the client is; the chain is passed on")
        func trustedProxy() async throws {
            try await TestEdge.with({ $0.trustedProxies = ["127.0.0.0/8", "fd00::/8"] }) { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()], redirect: true), revision: 1)
                    let forwarded = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "https")]
                    let head = try await edge.request("app.test", "/head", headers: forwarded).body
                    #expect(head.contains("X-Real-IP: 203.0.113.7\r\n"), "\(head)")
                    #expect(head.contains("X-Forwarded-For: 203.0.113.7, 127.0.0.1\r\n"))
                    #expect(head.contains("X-Forwarded-Proto: https\r\n"))
                }
            }
        }

        private func curl(_ edge: TestEdge, _ host: String, _ arguments: [String]) async throws -> String {
            let port = edge.configuration.httpsPort
            return try await Command(
                "curl",
                ["-s", "--http2", "--resolve", "\(host):\(port):127.0.0.1", "-w", " %{http_version} %{http_code}"] + arguments + [
                    "https://\(host):\(port)/"
                ]
            ).run().output
        }

        private func certificate(_ name: String, in folder: String) async throws -> (certificate: String, key: String, file: String) {
            let file = folder + "/" + name.replacing("*", with: "wildcard")
            let finished = try await Command(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=test",
                    "-addext",
                    "subjectAltName=DNS:" + name, "-keyout", file + ".key", "-out", file + ".crt",
                ]
            ).run()
            try #require(finished.isSuccess)
            return (
                try String(contentsOfFile: file + ".crt", encoding: .utf8), try String(contentsOfFile: file + ".key", encoding: .utf8),
                file + ".crt"
            )
        }
    }
}
