import Primitives

/// The Go structures behind an API object: which fields there are, under which JSON key, of which type.
///
/// A template sees a Go structure, not its JSON: `.ID` and `.Id` both work, a field that the JSON omits has
/// its zero value instead of being an error, a structure prints as `{a b}` and a map as `map[k:v]`.
/// Types are in Go's notation: `string`, `int`, `float64`, `bool`, `any`, `[]T`, `map[string]T`, `*T`, or
/// the name of a structure of the same schema.
package struct Schema: Sendable {
    struct Field: Sendable {
        let name: String
        let key: String
        let type: String
    }
    /// The structure of the object that the template starts with; empty for none.
    package let root: String
    private let structures: [String: [Field]]

    /// - Parameters:
    ///   - root: the structure to start with.
    ///   - text: one structure a line, `Name: Field type, Field=JSONKey type, …`; a line that begins
    ///     with a blank goes on with the one before. Ours, so a mistake is a trap.
    package init(root: String, _ text: String) {
        var structures: [String: [Field]] = [:]
        var current = ""
        for line in text.split(separator: "\n") {
            var rest = line
            if !line.hasPrefix(" ") {
                let colon = line.firstIndex(of: ":")!
                current = String(line[..<colon])
                structures[current] = []
                rest = line[line.index(after: colon)...]
            }
            for item in rest.split(separator: ",") {
                let words = item.split(separator: " ")
                if words.isEmpty { continue }
                precondition(words.count == 2, "a field and its type: \(item)")
                let names = words[0].split(separator: "=")
                structures[current, default: []].append(
                    Field(name: String(names[0]), key: String(names.last!), type: String(words[1])))
            }
        }
        precondition(structures[root] != nil, "the root is one of the structures")
        self.root = root
        self.structures = structures
    }

    private init() { (root, structures) = ("", [:]) }
    /// Everything is what its JSON says: objects are maps.
    package static let none = Schema()

    /// The fields when `type` is a structure or a pointer to one.
    func fields(of type: String) -> [Field]? {
        structures[type.hasPrefix("*") ? String(type.dropFirst()) : type]
    }

    /// The JSON as Go would write it: the keys of a structure in their order, those of a map sorted.
    func ordered(_ value: Value) -> JSON {
        guard case .of(let json, let type) = value else { return .null }
        switch json {
        case .array(let elements): return .array(elements.map { ordered(.of($0, value.elementType)) })
        case .object(let object):
            let fields = fields(of: type)
            var out = JSONObject()
            for member in fields == nil ? object.sortedMembers : object.members {
                let field = fields?.first { $0.key == member.key }
                out[member.key] = ordered(.of(member.value, field?.type ?? value.elementType))
            }
            return .object(out)
        default: return json
        }
    }

    /// A value of `type` as a template sees it; `json` is nil when the document has no such key.
    func value(_ json: JSON?, _ type: String) -> Value {
        if let json, !json.isNull { return .of(json, type) }
        switch type {
        // A null that is there has no fields; one that is not there has none either, but says nothing.
        case "any": return json == nil ? .missing : .of(.null, "any")
        case "": return .missing
        case "string": return .of(.string(""), type)
        case "bool": return .of(.bool(false), type)
        case "float64": return .of(.double(0), type)
        case _ where type.hasPrefix("*") || type.hasPrefix("[]") || type.hasPrefix("map["): return .of(.null, type)
        case _ where structures[type] != nil: return .of(.object([:]), type)
        default: return .of(.int(0), type)
        }
    }
}
