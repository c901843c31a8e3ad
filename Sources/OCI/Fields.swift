internal import Primitives

/// Reads members of a hostile document. An absent member and `null` are the same, as in Go; a member of another type
/// is `.corrupt` and named.
struct Fields {
    let object: JSONObject
    /// Which document this is, for messages: `image manifest`.
    let document: String

    init(_ json: JSON, _ document: String) throws(Failure) {
        guard let object = json.object else { throw Failure(.corrupt, "\(document): not a JSON object") }
        self.object = object
        self.document = document
    }

    func failure(_ key: String, _ what: String) -> Failure { Failure(.corrupt, "\(document): \"\(key)\" \(what)") }

    subscript(key: String) -> JSON? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    private func take<T>(_ key: String, _ type: String, _ get: (JSON) -> T?) throws(Failure) -> T? {
        guard let value = self[key] else { return nil }
        guard let out = get(value) else { throw failure(key, "is no \(type)") }
        return out
    }

    func string(_ key: String) throws(Failure) -> String? { try take(key, "string") { $0.string } }
    func bool(_ key: String) throws(Failure) -> Bool? { try take(key, "truth value") { $0.bool } }
    func int(_ key: String) throws(Failure) -> Int64? { try take(key, "whole number") { $0.int } }
    func strings(_ key: String) throws(Failure) -> [String]? { try take(key, "list of strings") { $0.strings } }
    func object(_ key: String) throws(Failure) -> JSONObject? { try take(key, "object") { $0.object } }

    func array(_ key: String, max: Int) throws(Failure) -> [JSON] {
        let array = try take(key, "list") { $0.array } ?? []
        if array.count > max { throw failure(key, "has \(array.count) entries, more than \(max)") }
        return array
    }

    func digest(_ key: String) throws(Failure) -> Digest {
        guard let text = try string(key) else { throw failure(key, "is missing") }
        guard let digest = Digest(text) else { throw failure(key, "is no digest: \(Fields.quoted(text))") }
        return digest
    }

    func mediaType() throws(Failure) -> MediaType? { try string("mediaType").map { MediaType($0) } }

    /// Strings by key, in the order of the document.
    func map(_ key: String) throws(Failure) -> [(key: String, value: String)] {
        var out: [(key: String, value: String)] = []
        for member in try object(key)?.members ?? [] where !member.value.isNull {
            guard let value = member.value.string else { throw failure(key, "holds something else than strings") }
            out.append((member.key, value))
        }
        return out
    }

    /// Hostile text inside a message: short and printable.
    static func quoted(_ text: String) -> String {
        let plain = text.utf8.prefix(80).map { (byte: UInt8) -> UInt8 in byte >= 0x20 && byte < 0x7F ? byte : 0x3F }
        return "\"" + String(decoding: plain, as: UTF8.self) + "\""
    }
}
