import Primitives

/// `index` and `slice`.
enum Indexing {
    static func index(
        _ item: Value, _ keys: ArraySlice<Value>, _ context: Functions.Context
    ) throws(Failure) -> Value {
        if item.kind(context.schema) == .missing { throw Failure(.invalid, "index of untyped nil") }
        var item = item
        for key in keys {
            switch item.kind(context.schema) {
            case .list, .string:
                let bytes = item.json.string.map { Array($0.utf8) }
                let count = bytes?.count ?? item.json.array?.count ?? 0
                let position = try number(key, 0..<count, context)
                if let bytes {
                    item = .of(.int(Int64(bytes[position])), "uint8")
                } else {
                    item = context.schema.value(item.json.array?[position], item.elementType)
                }
            case .map:
                guard let name = key.json.string else {
                    if key.json.isNull { throw Failure(.invalid, "value is nil; should be of type string") }
                    throw Failure(.invalid, "value has type \(key.typeName); should be string")
                }
                item = context.schema.value(item.json[name], item.elementType)
            case .missing, .nilPointer: throw Failure(.invalid, "index of nil pointer")
            default: throw Failure(.invalid, "can't index item of type \(item.typeName)")
            }
        }
        return item
    }

    private static func number(
        _ value: Value, _ range: Range<Int>, _ context: Functions.Context
    ) throws(Failure) -> Int {
        guard let number = value.json.int else {
            if value.json.isNull { throw Failure(.invalid, "cannot index slice/array with nil") }
            throw Failure(.invalid, "cannot index slice/array with type \(value.typeName)")
        }
        guard let position = Int(exactly: number), range.contains(position) else {
            throw Failure(.invalid, "index out of range: \(number)")
        }
        return position
    }

    static func slice(_ item: Value, _ bounds: [Value], _ context: Functions.Context) throws(Failure) -> Value {
        let kind = item.kind(context.schema)
        if kind == .missing { throw Failure(.invalid, "slice of untyped nil") }
        if bounds.count > 3 { throw Failure(.invalid, "too many slice indexes: \(bounds.count)") }
        guard kind == .string || kind == .list else {
            throw Failure(.invalid, "can't slice item of type \(item.typeName)")
        }
        if kind == .string, bounds.count == 3 { throw Failure(.invalid, "cannot 3-index slice a string") }
        let count = item.json.string?.utf8.count ?? item.json.array?.count ?? 0
        var indices = [0, count]
        for (place, bound) in bounds.enumerated() {
            let index = try number(bound, 0..<count + 1, context)
            if place < 2 { indices[place] = index }
            if place > 0, index < indices[place - 1] {
                throw Failure(.invalid, "invalid slice index: \(indices[place - 1]) > \(index)")
            }
        }
        if indices[0] > indices[1] { throw Failure(.invalid, "invalid slice index: \(indices[0]) > \(indices[1])") }
        guard case .of(let json, let type) = item else { return item }
        if let text = json.string {
            let bytes = Array(text.utf8)[indices[0]..<indices[1]]
            return .string(String(decoding: bytes, as: UTF8.self))
        }
        return .of(.array(Array((json.array ?? [])[indices[0]..<indices[1]])), type)
    }
}
