/// A value that was decoded from an object whose fields are all known: a misspelt setting must not be ignored as if it were set.
///
/// What a type knows isn't listed anywhere: it is what the type asks the decoder for.
struct KnownFields<Value: Decodable>: Decodable {
    let value: Value

    /// - Throws: ``UnknownField``, or what decoding throws.
    init(from decoder: any Decoder) throws {
        let notes = FieldNotes()
        let result = Result { try Value(from: FieldNotingDecoder(base: decoder, notes: notes)) }
        if let field = notes.firstUnknown { throw field }
        value = try result.get()
    }
}

/// A field that nothing asked for.
struct UnknownField: Error, Hashable {
    let name: String
    /// The fields around it, from the outermost on.
    let path: [String]
    /// What could stand in its place, as far as it is known.
    let known: [String]

    var text: String {
        "there is no field \((path + [name]).map { "\(ShownText($0))" }.joined(separator: "."))"
    }

    var hint: String {
        if let nearest = NearestName.find(name, among: known) { return "did you mean \(nearest)?" }
        return known.isEmpty ? "see the API's reference" : "possible: " + known.joined(separator: ", ")
    }
}

/// What one decoding asked for, and what it found without asking.
final class FieldNotes {
    private struct Place {
        var unknown: [String] = []
        var asked: [String] = []
    }

    private var places: [[String]: Place] = [:]
    private var order: [[String]] = []

    func found(_ unknown: [String], at path: [String]) {
        guard !unknown.isEmpty else { return }
        if places[path]?.unknown.isEmpty ?? true { order.append(path) }
        places[path, default: Place()].unknown += unknown
    }

    func asked(_ name: String, at path: [String]) {
        guard places[path]?.asked.contains(name) != true else { return }
        places[path, default: Place()].asked.append(name)
    }

    /// The first in the alphabet of the first object that has one.
    var firstUnknown: UnknownField? {
        guard let path = order.first, let place = places[path], let name = place.unknown.min() else { return nil }
        return UnknownField(name: name, path: path, known: place.asked.sorted())
    }
}
