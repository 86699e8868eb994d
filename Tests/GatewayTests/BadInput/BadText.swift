/// A family of bad text, as a request can carry it. Whatever it names, no file of that name may ever appear.
struct BadText: Sendable {
    static let canary = "/tmp/switchyard-canary"

    let name: String
    let text: String
    /// As a JSON string, with its quotes.
    let json: String

    private init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
        json = JSONText.quoted(text)
    }

    private init(_ name: String, length: Int) {
        self.name = name
        text = String(repeating: "a", count: length)
        json = "\"" + text + "\""
    }

    static let families = [
        BadText("shell", "x; touch \(canary)"),
        BadText("substitution", "$(touch \(canary))"),
        BadText("backticks", "`touch \(canary)`"),
        BadText("pipe", "x|id"),
        BadText("ampersand", "x & id"),
        BadText("redirection", "x>\(canary)<y"),
        BadText("quote", "'; drop table projects; --"),
        BadText("double quote", "\"; id; \""),
        BadText("backslash", "a\\"),
        BadText("newline", "x\ny"),
        BadText("carriage return", "x\r\ny: z"),
        BadText("line separator", "x\u{2028}y"),
        BadText("tab", "x\ty"),
        BadText("escape", "\u{1B}[2Jx"),
        BadText("NUL", "x\u{0}y"),
        BadText("traversal", "../../etc/passwd"),
        BadText("leading dash", "-oProxyCommand=x"),
        BadText("option", "--upload-pack=id"),
        BadText("empty", ""),
        BadText("blank", "   "),
        BadText("bidi", "a\u{202E}b"),
        BadText("zero width", "a\u{200B}b"),
        BadText("emoji", "\u{1F600}"),
        BadText("combining", "a" + String(repeating: "\u{0335}", count: 300)),
        BadText("template", "{{7*7}}"),
        BadText("long", length: 70_000),
        BadText("huge", length: 10 << 20),
    ]

    static let names = Set(families.map(\.name))
}
