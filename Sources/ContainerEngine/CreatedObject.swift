/// What `POST /containers/create` and `.../exec` answer.
struct CreatedObject: Decodable {
    var id: String

    enum CodingKeys: String, CodingKey {
        case id = "Id"
    }
}
