/// Finds how a Python application is started, from the frameworks it depends on and the text of its main files.
struct PythonStart {
    let tree: SourceTree
    let packages: PythonPackages

    /// A command and its reason; nil when nothing is found.
    var command: (command: String, reason: String)? {
        django ?? asynchronous ?? streamlit ?? flask ?? plain
    }

    private var django: (command: String, reason: String)? {
        guard tree.has("manage.py"), packages.contains("django") else { return nil }
        let migrate = "python manage.py migrate --noinput"
        if let module = module(named: "wsgi.py"), packages.contains("gunicorn") {
            return ("\(migrate) && gunicorn --bind 0.0.0.0:$PORT \(module):application", "Django with gunicorn, \(module)")
        }
        if let module = module(named: "asgi.py"), packages.contains("uvicorn") {
            return ("\(migrate) && uvicorn \(module):application --host 0.0.0.0 --port $PORT", "Django with uvicorn, \(module)")
        }
        return (
            "\(migrate) && python manage.py runserver --noreload 0.0.0.0:$PORT",
            "Django without gunicorn: its development server is used; add gunicorn to the dependencies"
        )
    }

    private var asynchronous: (command: String, reason: String)? {
        let frameworks = ["FastAPI", "Starlette", "Litestar", "Quart", "Sanic"]
        guard let found = application(of: frameworks) else { return nil }
        if packages.contains("uvicorn") {
            return ("uvicorn \(found.target) --host 0.0.0.0 --port $PORT", "\(found.framework) in \(found.file), served by uvicorn")
        }
        if packages.contains("hypercorn") {
            return ("hypercorn \(found.target) --bind 0.0.0.0:$PORT", "\(found.framework) in \(found.file), served by hypercorn")
        }
        return nil
    }

    private var streamlit: (command: String, reason: String)? {
        guard packages.contains("streamlit"), let file = mainFile else { return nil }
        return ("streamlit run \(file) --server.port $PORT --server.address 0.0.0.0", "Streamlit in \(file)")
    }

    private var flask: (command: String, reason: String)? {
        guard packages.contains("flask"), let found = application(of: ["Flask"]) else { return nil }
        if packages.contains("gunicorn") {
            return ("gunicorn --bind 0.0.0.0:$PORT \(found.target)", "Flask in \(found.file), served by gunicorn")
        }
        if packages.contains("waitress") {
            return ("waitress-serve --listen=0.0.0.0:$PORT \(found.target)", "Flask in \(found.file), served by waitress")
        }
        if let text = tree.text(found.file), text.contains("PORT"), text.contains("__main__") {
            return ("python \(found.file)", "Flask in \(found.file), which reads PORT itself")
        }
        return (
            "flask --app \(found.target) run --host 0.0.0.0 --port $PORT",
            "Flask without gunicorn: its development server is used; add gunicorn to the dependencies"
        )
    }

    private var plain: (command: String, reason: String)? {
        mainFile.map { ("python \($0)", "there is \($0)") }
    }

    private var mainFile: String? {
        if let file = tree.first(of: PythonDetection.mainFiles) { return file }
        let files = tree.files.filter { $0.hasSuffix(".py") && !$0.contains("/") && Self.isPlain($0) }
        return files.count == 1 ? files.first : nil
    }

    /// `site.wsgi` for `site/wsgi.py`.
    private func module(named name: String) -> String? {
        tree.files(endingWith: "/" + name).first(where: Self.isPlain).map { String($0.dropLast(3)).replacing("/", with: ".") }
    }

    /// Where one of these classes is made and kept in a variable: `app = FastAPI(`.
    private func application(of frameworks: [String]) -> (file: String, target: String, framework: String)? {
        let preferred = PythonDetection.mainFiles + ["asgi.py", "wsgi.py", "application.py", "api.py"]
        let known = tree.files(endingWith: ".py").filter { tree.text($0) != nil && Self.isPlain($0) }
        let ordered = preferred.filter(known.contains) + known.filter { !preferred.contains($0) }
        for file in ordered {
            for line in (tree.text(file) ?? "").split(whereSeparator: \.isNewline) {
                guard let equals = line.firstIndex(of: "="), line.first?.isWhitespace == false else { continue }
                let value = line[line.index(after: equals)...].trimmed
                guard let framework = frameworks.first(where: { value.hasPrefix($0 + "(") || value.contains("." + $0 + "(") }) else {
                    continue
                }
                let name = line[..<equals].split(separator: ":").first.map { $0.trimmed } ?? ""
                guard !name.isEmpty, name.utf8.allSatisfy({ Self.isNameByte($0) }) else { continue }
                var module = file.hasSuffix("/__init__.py") ? String(file.dropLast(12)) : String(file.dropLast(3))
                module = module.replacing("/", with: ".")
                // The folder `src` is on the path, so that it isn't part of a module's name.
                return (file, "\(module.hasPrefix("src.") ? String(module.dropFirst(4)) : module):\(name)", framework)
            }
        }
        return nil
    }

    /// Whether a path can stand in a shell command as it is: the command is made of names in the source.
    private static func isPlain(_ path: String) -> Bool {
        !path.hasPrefix("-")
            && path.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
