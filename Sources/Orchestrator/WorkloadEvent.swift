public import FoundationEssentials

/// Something that happened. Events say when to look: what is true is what ``WorkloadOrchestrator/status(of:)`` answers.
public enum WorkloadEvent: Hashable, Sendable {
    case started(WorkloadID, at: Date)
    case died(WorkloadID, exitCode: Int, at: Date)
    /// The kernel killed a process of it for want of memory. Not every back end tells at once; the state after it died always does.
    case outOfMemory(WorkloadID, at: Date)
    case removed(WorkloadID, at: Date)
    /// The subscription stands (said first once it does) or stands again: list, since anything may have been missed.
    case resumed
}
