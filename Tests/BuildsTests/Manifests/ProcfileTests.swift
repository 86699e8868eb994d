import Testing

@testable import Builds

@Suite("Procfile")
struct ProcfileTests {
    @Test("a line is a type and a command, by Heroku's grammar and not YAML's")
    func readsLines() {
        let file = Procfile(
            """
            # comment
            web: echo foo: bar && exec gunicorn "a:b"
              worker :  celery -A app
            release: ./migrate
            bad type: x
            empty:
            no colon
            """)
        #expect(file.processes.map(\.type) == ["web", "worker", "release"])
        #expect(file.main?.command == "echo foo: bar && exec gunicorn \"a:b\"")
        #expect(file.release == "./migrate")
    }

    @Test("the main process is web, else worker, else the only one; never release")
    func choosesMain() {
        #expect(Procfile("worker: a\nweb: b").main?.command == "b")
        #expect(Procfile("clock: a\nworker: b").main?.command == "b")
        #expect(Procfile("bot: a\nrelease: b").main?.command == "a")
        #expect(Procfile("one: a\ntwo: b").main == nil)
        #expect(Procfile("release: b").main == nil)
        #expect(Procfile("").main == nil)
        #expect(Procfile("web: a\r\nweb: b\r\n").main?.command == "b")
    }
}
