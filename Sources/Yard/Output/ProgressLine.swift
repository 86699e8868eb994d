/// What is being done, on standard error: on a terminal one line that is written over, in a pipe a line for each step.
actor ProgressLine {
    private let output: Output
    private let isLive: Bool
    private var step: String?
    private var began = ContinuousClock.now
    private var frame = 0
    private var isDrawn = false

    init(output: Output) {
        self.output = output
        isLive = output.console.errorIsTerminal && !output.isJSON
    }

    /// Begins a step; the same one again changes nothing.
    func begin(_ step: String) {
        guard step != self.step else { return }
        self.step = step
        began = .now
        if isLive { draw() } else { output.note(step) }
    }

    /// Prints a line of the result above the progress line.
    func print(_ text: String) {
        clear()
        output.line(text)
        draw()
    }

    func end() {
        clear()
        step = nil
    }

    /// Moves the spinner until the task is cancelled.
    func animate() async {
        guard isLive else { return }
        while !Task.isCancelled {
            draw()
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func clear() {
        guard isDrawn else { return }
        output.console.write("\r\u{1B}[2K", to: .error)
        isDrawn = false
    }

    private func draw() {
        guard isLive, let step else { return }
        let frames = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
        frame = (frame + 1) % frames.count
        let style = output.console.style(.error)
        let time = Measures.duration(ContinuousClock.now - began)
        output.console.write("\r\u{1B}[2K\(style.cyan(String(frames[frame]))) \(step) \(style.dim(time))", to: .error)
        isDrawn = true
    }
}
