import Testing

@testable import Projects

@Suite struct VariableTextTests {
    private func pieces(_ value: String) throws -> [VariableText.Piece] { try VariableText(value).pieces }

    private func reference(_ scope: VariableReference.Scope, _ name: String) -> VariableText.Piece {
        .reference(VariableReference(scope: scope, name: name))
    }

    @Test("references stand alone or in text, with blanks and quotes inside")
    func references() throws {
        #expect(try pieces("plain $HOME ${X} {{Y}}") == [.text("plain $HOME ${X} {{Y}}")])
        #expect(try pieces("") == [])
        #expect(try pieces("${{A}}") == [reference(.own, "A")])
        #expect(try pieces("${{ shared.A }}${{\tdb.PGHOST\n}}") == [reference(.shared, "A"), reference(.service("db"), "PGHOST")])
        #expect(try pieces("${{Postgres.URL}}") == [reference(.service("postgres"), "URL")])
        #expect(try pieces("${{\"my-db\".URL}}") == [reference(.service("my-db"), "URL")])
        #expect(
            try pieces("postgres://${{U}}:${{P}}@h") == [
                .text("postgres://"), reference(.own, "U"), .text(":"), reference(.own, "P"), .text("@h"),
            ])
    }

    @Test("what nothing closes is text")
    func unclosed() throws {
        #expect(try pieces("a ${{B") == [.text("a ${{B")])
        #expect(try pieces("${{A}} ${{B}") == [reference(.own, "A"), .text(" ${{B}")])
        #expect(try pieces("$${{A}}") == [.text("$"), reference(.own, "A")])
        // A letter with a mark on the brace is not the brace as a character, but the bytes are the same.
        #expect(try pieces("${{A}}\u{0301}") == [reference(.own, "A"), .text("\u{0301}")])
    }

    @Test(
        "what is closed and no reference is refused",
        arguments: [
            "${{}}", "${{ }}", "${{A B}}", "${{a.b.c}}", "${{.A}}", "${{a.}}", "${{secret(32)}}", "${{../x}}", "${{A\u{0}}}", "${{${{A}}}}",
            "${{1A}}",
            "${{svc name.A}}", "${{\u{0430}.A}}",
        ])
    func invalid(value: String) {
        #expect(throws: VariableText.InvalidReference.self) { try VariableText(value) }
    }

    @Test("the source is the same text, and renaming changes one service's references only")
    func renaming() throws {
        let text = try VariableText("${{ api.URL }}/${{apis.URL}}/${{shared.api}}/${{api}}")
        #expect(text.source == "${{api.URL}}/${{apis.URL}}/${{shared.api}}/${{api}}")
        #expect(text.renaming("api", to: "backend").source == "${{backend.URL}}/${{apis.URL}}/${{shared.api}}/${{api}}")
    }

    @Test("a text of many openings is read in linear time", .timeLimit(.minutes(5)))
    func linear() throws {
        #expect(try pieces(String(repeating: "${{", count: 20_000)).count == 1)
        #expect(try pieces(String(repeating: "$", count: 65_000)).count == 1)
        #expect(try pieces(String(repeating: "${{A}}", count: 10_000)).count == 10_000)
    }
}
