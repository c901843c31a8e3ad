import Primitives

extension Functions {
    static let comparisons: [String: Function] = [
        "eq": function([.any], rest: .any) { (arguments, context) throws(Failure) in
            if arguments.count == 1 { throw Failure(.invalid, "missing argument for comparison") }
            for other in arguments.dropFirst() where try isEqual(arguments[0], other, context) { return .bool(true) }
            return .bool(false)
        },
        "ne": function([.any, .any]) { (arguments, context) throws(Failure) in
            .bool(!(try isEqual(arguments[0], arguments[1], context)))
        },
        "lt": ordering { less, _ in less },
        "le": ordering { less, equal in less || equal },
        "gt": ordering { less, equal in !less && !equal },
        "ge": ordering { less, _ in !less },
    ]

    private static let incompatible = Failure(.invalid, "incompatible types for comparison")

    private static func isEqual(_ a: Value, _ b: Value, _ context: Context) throws(Failure) -> Bool {
        let (first, second) = (a.kind(context.schema), b.kind(context.schema))
        // With no value on a side there is nothing to be incompatible with.
        if a.json.isNull || b.json.isNull { return a.json.isNull && b.json.isNull }
        let basic: [Value.Kind] = [.bool, .int, .float, .string]
        if first != second, basic.contains(first) || basic.contains(second) { throw incompatible }
        switch first {
        case .list, .map:
            let named = "\(context.formatter.text(a)): \(a.typeName)"
            if first == second { throw Failure(.invalid, "non-comparable type \(named)") }
            throw Failure(
                .invalid, "non-comparable types \(named), \(b.typeName): \(context.formatter.text(b))")
        default: return a.json == b.json
        }
    }

    private static func ordering(_ isWanted: @escaping @Sendable (_ less: Bool, _ equal: Bool) -> Bool) -> Function {
        function([.any, .any]) { (arguments, context) throws(Failure) in
            let (a, b) = (arguments[0], arguments[1])
            let basic: [Value.Kind] = [.bool, .int, .float, .string]
            guard basic.contains(a.kind(context.schema)), basic.contains(b.kind(context.schema)) else {
                throw Failure(.invalid, "invalid type for comparison")
            }
            switch (a.json, b.json) {
            case (.int(let a), .int(let b)): return .bool(isWanted(a < b, a == b))
            case (.double(let a), .double(let b)): return .bool(isWanted(a < b, a == b))
            case (.string(let a), .string(let b)):
                return .bool(isWanted(a.utf8.lexicographicallyPrecedes(b.utf8), a == b))
            case (.bool, .bool): throw Failure(.invalid, "invalid type for comparison")
            default: throw incompatible
            }
        }
    }
}
