import Glibc

/// Where text goes: two channels, and what is known about their readers.
struct Console: Sendable {
    enum Channel: Sendable {
        case output
        case error
    }

    var send: @Sendable ([UInt8], Channel) -> Void
    var outputIsTerminal = false
    var errorIsTerminal = false
    /// Whether colours are wanted: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    var hasColours = false

    func write(_ text: String, to channel: Channel) {
        send(Array(text.utf8), channel)
    }

    /// Colours for a channel.
    func style(_ channel: Channel) -> Style {
        Style(isOn: hasColours && (channel == .output ? outputIsTerminal : errorIsTerminal))
    }

    /// Standard output and standard error, unbuffered. When nobody reads any more, the process ends as SIGPIPE would end it.
    static func process(variables: [String: String]) -> Console {
        Console(
            send: { bytes, channel in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes { Glibc.write(channel == .output ? 1 : 2, $0.baseAddress, $0.count) }
                    if count > 0 {
                        rest = rest.dropFirst(count)
                    } else if errno == EPIPE {
                        exit(128 + SIGPIPE)
                    } else if errno == EAGAIN {
                        var writable = pollfd(fd: channel == .output ? 1 : 2, events: Int16(POLLOUT), revents: 0)
                        poll(&writable, 1, 1000)
                    } else if errno != EINTR {
                        return
                    }
                }
            },
            outputIsTerminal: isatty(1) == 1,
            errorIsTerminal: isatty(2) == 1,
            hasColours: (variables["NO_COLOR"] ?? "").isEmpty && variables["TERM"] != "dumb")
    }
}
