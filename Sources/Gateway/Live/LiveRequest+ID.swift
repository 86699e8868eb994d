import Resources

extension LiveRequest {
    /// The client's name for the subscription that this is about.
    var id: String {
        switch self {
        case .logs(let id, _, _, _, _), .serviceLogs(let id, _, _, _, _), .events(let id, _), .terminal(let id, _, _, _, _, _),
            .input(let id, _), .resize(let id, _, _), .cancel(let id):
            id
        }
    }
}
