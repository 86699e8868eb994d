/// Text that no field takes: each family of hostile input once.
enum Hostile {
    static let texts = [
        "$(touch canary)", "`id`", "a; rm -rf /", "a|b", "a&b", "a>b", "a'b", "a\"b", "a\\b", "a\nb", "a\r\nb", "a\u{0}b", "../a", "a/../b",
        "..",
        "/etc/passwd", "....//", "..\\..\\a", "-rf", "--output=/etc/x", " ", "\t", "\u{202E}cod.exe", "\u{200B}a", "\u{0430}dmin",
        "caf\u{0065}\u{0301}\u{0301}", "\u{1F600}", "a%0Ab", "${{x}}", "{{7*7}}", "<script>", String(repeating: "a", count: 65_536),
        String(repeating: "\u{0301}", count: 5_000_000),
    ]
}
