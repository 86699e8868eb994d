import FoundationEssentials
import Kernel
import Resources
import Testing

@testable import Projects

@Suite struct VariableGraphTests {
    private static let web = Service(id: .new(), projectId: .new(), name: "web", createdAt: Date())
    private static let api = Service(id: .new(), projectId: .new(), name: "api", createdAt: Date())

    private func key(_ name: String) -> VariableKey { VariableKey(service: Self.web.id, name: name) }

    private func graph(_ edges: [VariableKey: [String]]) -> VariableGraph {
        VariableGraph(
            references: edges.mapValues { $0.compactMap { VariableReference($0[...]) } }, services: [Self.web, Self.api])
    }

    @Test("what is referred to comes first")
    func order() throws {
        let graph = graph([key("A"): ["B", "C"], key("B"): ["C", "missing.X"], key("C"): []])
        #expect(try graph.order(from: [key("A")]) == [key("C"), key("B"), key("A")])
        #expect(try graph.order(from: [key("unknown")]).isEmpty)
    }

    @Test("a loop is named from where it is entered, without what leads to it")
    func loop() {
        let shared = VariableKey(service: nil, name: "S")
        let inAPI = VariableKey(service: Self.api.id, name: "X")
        let graph = graph([key("A"): ["B", "D"], key("B"): ["D", "shared.S"], shared: ["api.X"], inAPI: ["web.B"], key("D"): []])
        let loop = #expect(throws: VariableGraph.Loop.self) { try graph.order(from: [key("A")]) }
        #expect(loop?.keys == [key("B"), shared, inAPI])
        let own = #expect(throws: VariableGraph.Loop.self) { try self.graph([key("A"): ["A"]]).order(from: [key("A")]) }
        #expect(own?.keys == [key("A")])
    }

    @Test("a chain of 10,000 is walked to its end, and a loop of 10,000 is found")
    func deep() throws {
        var edges: [VariableKey: [String]] = [:]
        for index in 0..<10_000 { edges[key("V\(index)")] = ["V\(index + 1)"] }
        edges[key("V10000")] = []
        #expect(try graph(edges).order(from: [key("V0")]).count == 10_001)
        #expect(graph(edges).dependents(of: [key("V10000")]) == [Self.web.id])
        edges[key("V10000")] = ["V0"]
        let loop = #expect(throws: VariableGraph.Loop.self) { try graph(edges).order(from: [key("V0")]) }
        #expect(loop?.keys.count == 10_001)
        let problem = loop.map { VariableProblems(services: [Self.web]).loop($0) }
        #expect(problem?.message.contains("web.V0 -> web.V1") == true)
        #expect(problem?.message.contains("9993 more") == true)
    }

    @Test("random graphs: the walk ends with an order that holds, or with a loop that is one", arguments: 0..<200)
    func random(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let count = Int.random(in: 1...40, using: &generator)
        let keys = (0..<count).map { index in
            let services = [Self.web.id, Self.api.id, nil]
            return VariableKey(service: services[index % 3], name: "V\(index)")
        }
        func name(_ index: Int) -> String { ["web", "api", "shared"][index % 3] + ".V\(index)" }
        var edges: [VariableKey: [String]] = [:]
        for key in keys {
            let degree = Int.random(in: 0...2, using: &generator)
            edges[key] = (0..<degree).map { _ in name(Int.random(in: 0..<count, using: &generator)) }
        }
        let graph = graph(edges)
        func refers(_ key: VariableKey, to target: VariableKey) -> Bool {
            (edges[key] ?? []).compactMap { VariableReference($0[...]) }.contains { graph.target(of: $0, in: key) == target }
        }
        do {
            let order = try graph.order(from: keys)
            #expect(Set(order) == Set(keys) && order.count == keys.count)
            for (index, key) in order.enumerated() {
                #expect(!order[index...].contains { refers(key, to: $0) })
            }
        } catch {
            #expect(!error.keys.isEmpty)
            for (index, key) in error.keys.enumerated() {
                #expect(refers(key, to: error.keys[(index + 1) % error.keys.count]))
            }
        }
        // The services that depend on a variable are those from which a walk reaches it.
        let changed = keys[Int.random(in: 0..<count, using: &generator)]
        var reaching: Set<VariableKey> = [changed]
        for _ in keys {
            for key in keys where reaching.contains(where: { refers(key, to: $0) }) { reaching.insert(key) }
        }
        #expect(graph.dependents(of: [changed]) == Set(reaching.compactMap(\.service)))
    }
}
