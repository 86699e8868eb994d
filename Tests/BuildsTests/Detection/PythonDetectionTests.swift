import Resources
import Testing

@testable import Builds

@Suite("PythonDetection")
struct PythonDetectionTests {
    private func plan(_ files: [String: String], settings: ServiceSettings = ServiceSettings(), variables: [String: String] = [:]) throws
        -> LanguagePlan
    {
        let plan = try DetectionTests.languagePlan(files, settings: settings, variables: variables)
        #expect(plan.language == .python)
        return plan
    }

    @Test(
        "one of the usual files makes a source Python",
        arguments: ["main.py", "app.py", "server.py", "start.py", "bot.py", "hello.py", "run.py", "__main__.py"])
    func findsMainFiles(name: String) throws {
        let plan = try plan([name: ""])
        #expect(plan.startCommand == "python3 \(name)")
        #expect(plan.install == nil)
    }

    @Test("a single file of any name is started; of several, none")
    func findsSingleFile() throws {
        #expect(try plan(["tool.py": ""]).startCommand == "python3 tool.py")
        #expect(throws: (any Error).self) { try plan(["a.py": "", "b.py": ""]) }
        #expect(throws: (any Error).self) { try plan(["$(touch x).py": ""]) }
    }

    @Test("requirements.txt is installed by pip, with the files that it may include")
    func installsRequirements() throws {
        let plan = try plan([
            "main.py": "", "requirements.txt": "-r requirements/base.txt\nflask", "requirements/base.txt": "x", "notes.txt": "",
        ])
        #expect(plan.tool == "pip")
        #expect(plan.install?.files == ["requirements.txt", "requirements/base.txt"])
        #expect(plan.install?.commands.first == "python3 -m venv --without-pip .venv")
        #expect(plan.install?.commands.last?.hasSuffix("--requirement requirements.txt") == true)
        #expect(plan.install?.keeps == ["/app/.venv"])
        #expect(plan.environment["PATH"]?.hasPrefix("/app/.venv/bin:") == true)
        #expect(plan.startCommand == "python main.py")
    }

    @Test(
        "requirements that lie in the source are installed with all of it", arguments: ["-e .", "./library", ".", "lib @ file:///app/lib"])
    func installsLocalRequirements(line: String) throws {
        #expect(try plan(["main.py": "", "requirements.txt": "flask\n\(line)\n"]).install?.files == .some(nil))
    }

    @Test("a lock file picks the package manager", arguments: [("uv.lock", "uv"), ("poetry.lock", "poetry")])
    func picksByLockFile(file: String, tool: String) throws {
        let plan = try plan(["main.py": "", "pyproject.toml": "[project]\nname = 'x'", file: "", "requirements.txt": "x"])
        #expect(plan.tool == tool)
        #expect(plan.install?.files == ["pyproject.toml", file])
        #expect(plan.install?.commands.contains { $0.contains("\(tool)==") } == true, "the tool's version is fixed")
    }

    @Test("a Pipfile.lock becomes requirements with hashes")
    func readsPipfileLock() throws {
        let lock = """
            {"_meta": {}, "develop": {"pytest": {"version": "==1"}}, "default": {
              "flask": {"version": "==3.0.0", "hashes": ["sha256:aa", "sha256:bb"], "extras": ["async"], "markers": "python_version >= '3.8'"},
              "click": {"version": "==8.1", "hashes": ["sha256:cc"]}}}
            """
        let plan = try plan(["main.py": "", "Pipfile": "[packages]\nflask = '*'", "Pipfile.lock": lock])
        #expect(plan.tool == "pipenv")
        #expect(
            plan.install?.generated[".switchyard-requirements.txt"] == """
                click==8.1 --hash=sha256:cc
                flask[async]==3.0.0 ; python_version >= '3.8' --hash=sha256:aa --hash=sha256:bb

                """)
    }

    @Test("a Pipfile without a lock file is read itself")
    func readsPipfile() throws {
        let pipfile = """
            [packages]
            flask = "*"
            gunicorn = ">=20"
            lib = {version = "==1.0", extras = ["x"]}
            tool = {git = "https://example.com/tool.git", ref = "v1"}
            [dev-packages]
            pytest = "*"
            """
        let text = try plan(["main.py": "", "Pipfile": pipfile]).install?.generated[".switchyard-requirements.txt"]
        #expect(text == "flask\ngunicorn>=20\nlib[x]==1.0\ntool @ git+https://example.com/tool.git@v1\n")
        #expect(throws: (any Error).self) { try plan(["main.py": "", "Pipfile": "[packages]\nx = {path = '.'}"]) }
    }

    @Test(
        "a package's name can't be an option or more than a line",
        arguments: [#"{"-r /etc/passwd": {"version": ""}}"#, #"{"a\nb": {"version": ""}}"#, #"{"a": {"version": "\n--index-url x"}}"#])
    func refusesOptionsAsPackages(packages: String) {
        #expect(throws: (any Error).self) { try plan(["main.py": "", "Pipfile": "", "Pipfile.lock": #"{"default": \#(packages)}"#]) }
    }

    @Test("a pyproject.toml without a lock file installs its dependencies")
    func readsProject() throws {
        let plan = try plan(["main.py": "", "pyproject.toml": "[project]\ndependencies = ['fastapi>=0.1', 'x']"])
        #expect(plan.install?.generated[".switchyard-requirements.txt"] == "fastapi>=0.1\nx\n")
        #expect(try self.plan(["main.py": "", "pyproject.toml": "[tool.black]"]).install == nil)
    }

    @Test("Django: migrations, then gunicorn, uvicorn or its own server")
    func startsDjango() throws {
        let files = ["manage.py": "", "shop/wsgi.py": "", "shop/asgi.py": "", "shop/settings.py": ""]
        let migrate = "python manage.py migrate --noinput && "
        #expect(
            try plan(files.merging(["requirements.txt": "Django==5\ngunicorn"]) { $1 }).startCommand == migrate
                + "gunicorn --bind 0.0.0.0:$PORT shop.wsgi:application")
        #expect(
            try plan(files.merging(["requirements.txt": "django\nuvicorn"]) { $1 }).startCommand == migrate
                + "uvicorn shop.asgi:application --host 0.0.0.0 --port $PORT")
        let bare = try plan(files.merging(["requirements.txt": "django"]) { $1 })
        #expect(bare.startCommand == migrate + "python manage.py runserver --noreload 0.0.0.0:$PORT")
        #expect(bare.buildCommands == [])
        let collecting = try plan(files.merging(["requirements.txt": "django", "shop/settings.py": "STATIC_ROOT = 'x'"]) { $1 })
        #expect(collecting.buildCommands == ["python manage.py collectstatic --noinput"])
    }

    @Test(
        "FastAPI and its kin: the variable that holds the application is found",
        arguments: [
            ("main.py", "from fastapi import FastAPI\napp = FastAPI(title='x')", "main:app"),
            ("app.py", "api: FastAPI = FastAPI()", "app:api"),
            ("app/main.py", "application = fastapi.FastAPI()", "app.main:application"),
            ("src/service.py", "app = Starlette(routes)", "service:app"),
            ("web/__init__.py", "app = Litestar([index])", "web:app"),
        ])
    func startsFastAPI(file: String, text: String, target: String) throws {
        let plan = try plan([file: text, "requirements.txt": "fastapi\nuvicorn[standard]>=0.3"])
        #expect(plan.startCommand == "uvicorn \(target) --host 0.0.0.0 --port $PORT")
    }

    @Test("fastapi[standard] brings uvicorn; hypercorn is used as well; without a server the file is run")
    func startsFastAPIByServer() throws {
        let main = "app = FastAPI()"
        #expect(try plan(["main.py": main, "requirements.txt": "fastapi[standard]"]).startCommand.hasPrefix("uvicorn main:app"))
        #expect(
            try plan(["main.py": main, "requirements.txt": "fastapi\nhypercorn"]).startCommand == "hypercorn main:app --bind 0.0.0.0:$PORT")
        #expect(try plan(["main.py": main, "requirements.txt": "fastapi"]).startCommand == "python main.py")
    }

    @Test("Flask: gunicorn, waitress, the file itself when it reads PORT, else Flask's own server")
    func startsFlask() throws {
        let app = "app = Flask(__name__)"
        #expect(try plan(["app.py": app, "requirements.txt": "Flask\ngunicorn"]).startCommand == "gunicorn --bind 0.0.0.0:$PORT app:app")
        #expect(
            try plan(["app.py": app, "requirements.txt": "flask\nwaitress"]).startCommand == "waitress-serve --listen=0.0.0.0:$PORT app:app"
        )
        #expect(
            try plan(["app.py": app, "requirements.txt": "flask"]).startCommand == "flask --app app:app run --host 0.0.0.0 --port $PORT")
        let own = app + "\nif __name__ == '__main__':\n    app.run(port=os.environ['PORT'])"
        #expect(try plan(["app.py": own, "requirements.txt": "flask"]).startCommand == "python app.py")
    }

    @Test("names that could be more than a name never come into a command", arguments: ["$(touch x)", "a;b", "a b", "-m", "a'b"])
    func refusesOddModules(name: String) throws {
        let files = ["\(name)/main.py": "app = FastAPI()", "requirements.txt": "fastapi\nuvicorn", "main.py": ""]
        #expect(try plan(files).startCommand == "python main.py")
        #expect(try plan(["main.py": "x$(touch y) = FastAPI()", "requirements.txt": "fastapi\nuvicorn"]).startCommand == "python main.py")
    }

    @Test("another version than the stack's is said")
    func saysVersion() throws {
        #expect(try plan(["main.py": "", ".python-version": "3.11\n"]).reasons.contains { $0.contains("asks for Python 3.11") })
        #expect(try plan(["main.py": "", "runtime.txt": "python-3.13.1"]).reasons.allSatisfy { !$0.contains("asks for") })
    }

    @Test("an own build or install command replaces the detected one")
    func takesOwnCommands() throws {
        let built = try plan(["main.py": ""], settings: ServiceSettings(buildCommand: "make all"))
        #expect(built.buildCommands == ["make all"])
        #expect(built.install != nil, "there is an environment to install into")
        let installed = try plan(["main.py": "", "requirements.txt": "x"], variables: ["RAILPACK_INSTALL_CMD": "pip install x"])
        #expect(installed.install?.commands.last == "pip install x")
        #expect(installed.install?.files == nil)
    }
}
