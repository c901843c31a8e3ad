import Primitives

/// What a template computes with.
enum Value: Equatable {
    /// No value at all: an absent key, JSON null of unknown type, nil.
    case missing
    /// The type in Go's notation; empty where the JSON tells, `any` while that is still hidden behind a Go
    /// interface, which shows in errors only. JSON null occurs with the types that
    /// have a nil: pointers, slices and maps.
    case of(JSON, String)

    static func string(_ text: String) -> Value { .of(.string(text), "string") }
    static func int(_ value: Int64) -> Value { .of(.int(value), "int") }
    static func bool(_ value: Bool) -> Value { .of(.bool(value), "bool") }
    static func strings(_ values: some Sequence<String>) -> Value { .of(.strings(values), "[]string") }

    enum Kind: Equatable { case missing, bool, int, float, string, list, map, structure, nilPointer }

    func kind(_ schema: Schema) -> Kind {
        guard case .of(let json, let type) = self else { return .missing }
        switch json {
        case .bool: return .bool
        case .int: return .int
        case .double: return .float
        case .string: return .string
        case .array: return .list
        case .object: return schema.fields(of: type) == nil ? .map : .structure
        case .null:
            if type.hasPrefix("[]") { return .list }
            return type.hasPrefix("map[") ? .map : type.hasPrefix("*") ? .nilPointer : .missing
        }
    }

    /// What a pipeline makes of it: a value of unknown type has the type of its JSON from then on.
    var unwrapped: Value {
        guard case .of(let json, "any") = self else { return self }
        return json.isNull ? .missing : .of(json, "")
    }

    var json: JSON { if case .of(let json, _) = self { json } else { .null } }

    /// As Go's `%T`.
    var typeName: String {
        guard case .of(let json, let type) = self else { return "<nil>" }
        if type != "any", type != "" { return type.replacing("any", with: "interface {}") }
        switch json {
        case .null: return "<nil>"
        case .bool: return "bool"
        case .int: return "int"
        case .double: return "float64"
        case .string: return "string"
        case .array: return "[]interface {}"
        case .object: return "map[string]interface {}"
        }
    }

    /// T of `[]T` and `map[string]T`.
    var elementType: String {
        guard case .of(_, let type) = self else { return "any" }
        if type.hasPrefix("[]") { return String(type.dropFirst(2)) }
        if type.hasPrefix("map[string]") { return String(type.dropFirst(11)) }
        return "any"
    }

    /// What `if` thinks of it.
    func isTrue(_ schema: Schema) -> Bool {
        switch json {
        case .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let value): !value.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): kind(schema) == .structure || !object.isEmpty
        }
    }

    /// Elements of a list; empty for nil.
    func elements(_ schema: Schema) -> [Value] {
        let type = elementType
        return (json.array ?? []).map { schema.value($0, type) }
    }

    /// Members of a map in the order of Go's printing: by key, bytewise.
    func members(_ schema: Schema) -> [(key: String, value: Value)] {
        let type = elementType
        return (json.object?.sortedMembers ?? []).map { ($0.key, schema.value($0.value, type)) }
    }

    /// Fields of a structure in their order.
    func fields(_ schema: Schema) -> [(name: String, value: Value)] {
        guard case .of(let json, let type) = self, let fields = schema.fields(of: type) else { return [] }
        return fields.map { ($0.name, schema.value(json[$0.key], $0.type)) }
    }
}

extension JSONObject {
    /// By key, bytewise.
    var sortedMembers: [Member] { members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
}

extension String {
    /// Every `old` becomes `new`; `old` is not empty.
    fileprivate func replacing(_ old: String, with new: String) -> String {
        var out = ""
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(old) {
                out += new
                rest = rest.dropFirst(old.count)
            } else {
                out.append(rest.removeFirst())
            }
        }
        return out
    }
}
