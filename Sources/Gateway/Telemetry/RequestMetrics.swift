import Synchronization

/// Counts and times of requests by operation, since the start, in Prometheus' text format.
final class RequestMetrics: Sendable {
    /// Upper bounds of the histogram's buckets, in seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Series {
        var counts: [Int: Int] = [:]
        var buckets = [Int](repeating: 0, count: bounds.count + 1)
        var sum = 0.0
    }

    private let series = Mutex<[String: Series]>([:])

    /// - Parameter operation: An operation's name: never anything that a request chooses.
    func record(_ operation: String, status: Int, duration: Duration) {
        let seconds = duration.inSeconds
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        series.withLock { series in
            series[operation, default: Series()].counts[status, default: 0] += 1
            series[operation, default: Series()].buckets[bucket] += 1
            series[operation, default: Series()].sum += seconds
        }
    }

    var exposition: String {
        let series = series.withLock { $0 }.sorted { $0.key < $1.key }
        var lines = ["# TYPE switchyard_requests_total counter"]
        for (operation, series) in series {
            for (status, count) in series.counts.sorted(by: { $0.key < $1.key }) {
                lines.append("switchyard_requests_total{operation=\"\(operation)\",status=\"\(status)\"} \(count)")
            }
        }
        lines.append("# TYPE switchyard_request_seconds histogram")
        for (operation, series) in series {
            var total = 0
            for (index, count) in series.buckets.enumerated() {
                total += count
                let bound = index < Self.bounds.count ? "\(Self.bounds[index])" : "+Inf"
                lines.append("switchyard_request_seconds_bucket{operation=\"\(operation)\",le=\"\(bound)\"} \(total)")
            }
            lines.append("switchyard_request_seconds_sum{operation=\"\(operation)\"} \(series.sum)")
            lines.append("switchyard_request_seconds_count{operation=\"\(operation)\"} \(total)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
