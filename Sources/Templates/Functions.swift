import Primitives

/// The functions a template may call, beside those that look at their operands unevaluated.
enum Functions {
    enum Parameter { case any, string, int }

    struct Function {
        var parameters: [Parameter]
        var rest: Parameter?
        let body: @Sendable (_ arguments: [Value], _ context: Context) throws(Failure) -> Value
    }

    struct Context {
        let schema: Schema
        let textMax: Int
        let escapesObjects: Bool
        var formatter: Formatter { Formatter(schema: schema) }
    }

    static let special: Set<String> = ["and", "or", "call"]

    static func isKnown(_ name: String) -> Bool { special.contains(name) || table[name] != nil }

    /// In a header row these return the header as it is; `pad` alone still works.
    static let unchangedInHeaders: Set<String> = ["json", "split", "join", "title", "lower", "upper", "truncate"]

    static let table: [String: Function] = builtin.merging(comparisons) { first, _ in first }
        .merging(added) { first, _ in first }

    static func function(
        _ parameters: [Parameter], rest: Parameter? = nil,
        _ body: @escaping @Sendable ([Value], Context) throws(Failure) -> Value
    ) -> Function { Function(parameters: parameters, rest: rest, body: body) }

    private static let builtin: [String: Function] = [
        "not": function([.any]) { arguments, context in .bool(!arguments[0].isTrue(context.schema)) },
        "len": function([.any]) { (arguments, context) throws(Failure) in .int(try length(arguments[0], context)) },
        "index": function([.any], rest: .any) { (arguments, context) throws(Failure) in
            try Indexing.index(arguments[0], arguments.dropFirst(), context)
        },
        "slice": function([.any], rest: .any) { (arguments, context) throws(Failure) in
            try Indexing.slice(arguments[0], Array(arguments.dropFirst()), context)
        },
        "print": function([], rest: .any) { (arguments, context) throws(Failure) in
            .string(try context.formatter.joined(arguments, max: context.textMax))
        },
        "println": function([], rest: .any) { (arguments, context) throws(Failure) in
            let texts = arguments.map(context.formatter.text)
            try checkLength(texts, separator: " ", context)
            return .string(texts.joined(separator: " ") + "\n")
        },
        "printf": function([.string], rest: .any) { (arguments, context) throws(Failure) in
            .string(
                try Formatter.printf(
                    arguments[0].json.string ?? "", Array(arguments.dropFirst()), context.schema, max: context.textMax))
        },
        "html": function([], rest: .any) { (arguments, context) throws(Failure) in
            .string(Escaping.html(try printable(arguments, context)))
        },
        "js": function([], rest: .any) { (arguments, context) throws(Failure) in
            .string(Escaping.javaScript(try printable(arguments, context)))
        },
        "urlquery": function([], rest: .any) { (arguments, context) throws(Failure) in
            .string(Escaping.query(try printable(arguments, context)))
        },
    ]

    static func checkLength(_ texts: [String], separator: String, _ context: Context) throws(Failure) {
        let size = texts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count }
        if size > context.textMax { throw Failure(.invalid, "text longer than \(context.textMax) bytes") }
    }

    /// What an escaping function is given, as one text; no value is a text here.
    private static func printable(_ arguments: [Value], _ context: Context) throws(Failure) -> String {
        try context.formatter.joined(
            arguments.map { $0.kind(context.schema) == .missing ? .string("<no value>") : $0 }, max: context.textMax)
    }

    private static func length(_ value: Value, _ context: Context) throws(Failure) -> Int64 {
        switch value.kind(context.schema) {
        case .string: return Int64(value.json.string?.utf8.count ?? 0)
        case .list: return Int64(value.json.array?.count ?? 0)
        case .map: return Int64(value.json.object?.count ?? 0)
        case .missing: throw Failure(.invalid, "reflect: call of reflect.Value.Type on zero Value")
        case .nilPointer: throw Failure(.invalid, "len of nil pointer")
        default: throw Failure(.invalid, "len of type \(value.typeName)")
        }
    }
}
