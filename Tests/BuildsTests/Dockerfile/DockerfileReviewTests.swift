import Kernel
import Testing

@testable import Builds

@Suite("Dockerfile and its review")
struct DockerfileReviewTests {
    private func images(_ text: String, given: [String: String] = [:], allowsPrivate: Bool = false) throws -> [String] {
        try DockerfileReview(dockerfile: Dockerfile(text), given: given, instance: "yard1", allowsPrivateAddresses: allowsPrivate).images()
    }

    @Test("instructions are read with continued lines and comments")
    func reads() {
        let file = Dockerfile("# syntax=x\nFROM a AS b\n\nRUN one \\\n  # between\n  two\nARG X=1 Y\narg Z\r\n")
        #expect(file.instructions.map(\.keyword) == ["FROM", "RUN", "ARG", "ARG"])
        #expect(file.instructions[1].arguments.split(separator: " ") == ["one", "two"])
        #expect(file.instructions[1].lastLine == 5)
        #expect(file.declaredArguments == ["X", "Y", "Z"])
    }

    @Test("labels are set in every stage")
    func labels() {
        let text = Dockerfile("FROM a AS b\nRUN x\nFROM \\\n  c\nCOPY --from=b / /").labelled(["k": "v"])
        #expect(text == "FROM a AS b\nLABEL k=\"v\"\nRUN x\nFROM \\\n  c\nLABEL k=\"v\"\nCOPY --from=b / /\n")
    }

    @Test("secrets that are asked for are found")
    func findsSecrets() {
        let file = Dockerfile(
            "FROM a\nRUN --mount=type=secret,id=TOKEN --mount=type=cache,target=/x cat /run/secrets/TOKEN\nRUN --mount=type=secret,id=B,required=true x"
        )
        #expect(file.secrets == ["TOKEN", "B"])
    }

    @Test("images come from FROM, COPY --from and RUN --mount, with arguments put in and stages left out")
    func findsImages() throws {
        #expect(try images("FROM python:3.13") == ["python:3.13"])
        #expect(
            try images(
                "ARG V=3.13\nFROM docker.io/library/python:${V}-slim AS base\nFROM base\nFROM scratch\nCOPY --from=0 / /\nCOPY --from=BASE / /"
            ) == ["docker.io/library/python:3.13-slim"])
        #expect(try images("ARG V=1\nFROM app:$V", given: ["V": "2"]) == ["app:2"])
        #expect(
            try images(
                "FROM --platform=$BUILDPLATFORM golang:1.24\nCOPY --from=nginx:1 /x /x\nRUN --mount=type=bind,from=tools:1,target=/t x")
                == ["golang:1.24", "nginx:1", "tools:1"])
        #expect(try images("FROM ${BASE:-debian:13}") == ["debian:13"])
        #expect(try images("FROM localhost/switchyard/stack:python") == ["localhost/switchyard/stack:python"])
    }

    @Test(
        "pieces of ids, transports, others' images and odd names are refused",
        arguments: [
            "1f3", "cafe", "sha256:0123456789abcdef", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "dir:/etc",
            "oci-archive:/tmp/x.tar", "docker-archive:x",
            "oci:x", "containers-storage:x", "docker-daemon:x:1", "localhost/yard1/a/b:c", "yard1/a/b:c", "localhost/switchyard/other:1",
            "-v", "--help", "../x", "a//b", "/a",
            "a@sha256:bad", "a@b@c", "$(touch x)", "${X", "a'b", "a\\b", "A$", "127.0.0.1:5000/x", "localhost:5000/x", "10.0.0.1/x",
            "[::1]:5000/x", "169.254.169.254/x", "é/x",
        ])
    func refusesImages(name: String) {
        for text in [
            "FROM \(name)", "FROM debian:13\nCOPY --from=\(name) / /", "FROM debian:13\nRUN --mount=type=bind,from=\(name),target=/x ls",
            "FROM debian:13\nONBUILD COPY --from=\(name) / /", "ARG X=\(name)\nFROM $X",
        ] {
            #expect(throws: SwitchyardError.self, "\(text)") { try images(text) }
        }
    }

    @Test(
        "what would reach the machine itself is refused",
        arguments: [
            "RUN --network=host curl x", "RUN --security=insecure x", "RUN --mount=type=ssh x", "ADD http://169.254.169.254/x /",
            "ADD https://example.com/x /",
            "ADD git@github.com:x/y /", "ADD $URL /", "ONBUILD ADD http://x/y /", "ONBUILD RUN --network=host x", "COPY --from=$X / /",
            "COPY --from=\"a\" / /",
            "run --network=host x", "RUN \\\n --network=host x",
        ])
    func refusesReaches(instruction: String) {
        let error = #expect(throws: SwitchyardError.self) { try images("FROM debian:13\n\(instruction)\n") }
        #expect(error?.code == "DOCKERFILE_FORBIDDEN")
    }

    @Test("a here-document hides nothing, whichever way it is read")
    func looksIntoHereDocuments() {
        #expect(throws: SwitchyardError.self) { try images("FROM debian:13\nRUN cat <<EOF\nFROM 1f3\nEOF\n") }
        #expect(throws: SwitchyardError.self) { try images("FROM debian:13\nRUN <<EOF\nx \\\nEOF\nCOPY --from=1f3 / /\n") }
        #expect(throws: SwitchyardError.self) { try images("FROM debian:13\nRUN <<EOF\nx \\\nFROM 1f3\nEOF\n") }
    }

    @Test("the escape character can't be changed, and a file without FROM is none")
    func refusesForms() {
        #expect(throws: SwitchyardError.self) { try images("# escape=`\nFROM debian:13") }
        #expect(throws: SwitchyardError.self) { try images("#ESCAPE = `\nFROM debian:13") }
        #expect(throws: SwitchyardError.self) { try images("RUN x") }
        #expect(throws: SwitchyardError.self) { try images("") }
    }

    @Test("private registries are allowed where the operator allows private addresses")
    func allowsPrivateRegistries() throws {
        #expect(try images("FROM localhost:5000/x", allowsPrivate: true) == ["localhost:5000/x"])
    }
}
