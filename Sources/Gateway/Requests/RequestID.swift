/// The name of one request, for its log line and whoever reports a problem.
enum RequestID {
    private static let digits = Array("0123456789abcdef".utf8)

    static func new() -> String {
        var number = UInt64.random(in: .min ... .max)
        return String(unsafeUninitializedCapacity: 16) { buffer in
            for index in 0..<16 {
                buffer[index] = digits[Int(number & 0xF)]
                number >>= 4
            }
            return 16
        }
    }
}
