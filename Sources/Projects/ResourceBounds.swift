/// The most that one replica may be given on this installation.
public struct ResourceBounds: Sendable {
    /// In cores.
    public let cpu: Double
    /// In bytes.
    public let memory: Int

    public init(cpu: Double, memory: Int) {
        self.cpu = cpu
        self.memory = memory
    }
}
