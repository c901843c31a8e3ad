import Primitives

extension Execution {
    mutating func evaluate(_ pipeline: Pipeline, _ dot: Value) throws(Failure) -> Value {
        blame(pipeline.position, pipeline.description)
        var value: Value?
        for command in pipeline.commands {
            try step()
            let result = try evaluate(command, dot, final: value)
            value = result.unwrapped
        }
        try bind(pipeline, value ?? .missing)
        return value ?? .missing
    }

    /// - Parameter final: the value of the command before, the last argument of this one.
    private mutating func evaluate(_ command: Command, _ dot: Value, final: Value?) throws(Failure) -> Value {
        let first = command.operands[0]
        let arguments = command.operands.dropFirst()
        switch first {
        case .field, .chain, .variable: return try chain(first, dot, arguments, final)
        case .function(let position, let name):
            blame(position, name)
            return try call(name, dot, arguments, final, blaming: (command.position, command.description))
        case .pipeline(let inner):
            try refuseArguments(first, arguments, final)
            return try deeper { (execution: inout Execution) throws(Failure) in try execution.evaluate(inner, dot) }
        case .null:
            blame(first)
            try refuseArguments(first, arguments, final)
            throw failure("nil is not a command")
        default:
            blame(first)
            try refuseArguments(first, arguments, final)
            return try constant(first, dot)
        }
    }

    private func refuseArguments(
        _ operand: Operand, _ arguments: ArraySlice<Operand>, _ final: Value?
    ) throws(Failure) {
        if !arguments.isEmpty || final != nil { throw failure("can't give argument to non-function \(operand)") }
    }

    private func constant(_ operand: Operand, _ dot: Value) throws(Failure) -> Value {
        switch operand {
        case .dot: return dot
        case .bool(_, let value): return .bool(value)
        case .string(_, _, let text): return .string(text)
        case .number(_, let literal):
            if literal.isFloat, let float = literal.float { return .of(.double(float), "float64") }
            guard let int = literal.int else { throw failure("\(literal.text) overflows int") }
            return .of(.int(int), literal.text.hasPrefix("'") ? "int32" : "int")
        default: return .missing
        }
    }

    // MARK: fields

    /// `.A.B`, `$x.A` or `(…).A`, the last of them perhaps with arguments.
    private mutating func chain(
        _ operand: Operand, _ dot: Value, _ arguments: ArraySlice<Operand>, _ final: Value?
    ) throws(Failure) -> Value {
        blame(operand)
        var receiver: Value
        let names: ArraySlice<String>
        switch operand {
        case .field(_, let fields): (receiver, names) = (dot, fields[...])
        case .variable(_, let fields):
            (receiver, names) = (value(of: fields[0]), fields.dropFirst())
            if names.isEmpty { try refuseArguments(operand, arguments, final) }
        case .chain(_, let inner, let fields):
            if case .null = inner { throw failure("indirection through explicit nil in \(operand)") }
            (receiver, names) = (try argument(inner, .any, dot), fields[...])
        default: return .missing
        }
        var previous: String?
        for (index, name) in zip(names.indices, names) {
            let isLast = index == names.endIndex - 1
            if receiver.kind(schema) == .nilPointer, let previous {
                // Docker reads the JSON when the structure has a nil here, and the JSON lacks the key.
                throw failure("map has no entry for key \(Quote.go(previous))")
            }
            receiver = try field(name, of: receiver, dot, isLast ? arguments : [], isLast ? final : nil)
            previous = name
        }
        return receiver
    }

    private mutating func field(
        _ name: String, of receiver: Value, _ dot: Value, _ arguments: ArraySlice<Operand>, _ final: Value?
    ) throws(Failure) -> Value {
        let hasArguments = !arguments.isEmpty || final != nil
        guard case .of(let json, let type) = receiver else {
            if options.missingKey == .error { throw failure("nil data; no entry for key \(Quote.go(name))") }
            return .missing
        }
        if receiver.kind(schema) == .missing { throw failure("nil pointer evaluating interface {}.\(name)") }
        let declared = schema.fields(of: type)?.first { $0.name == name }
        if let method = options.methods[name], declared == nil, hasArguments || json[name] == nil {
            var values: [JSON] = []
            for operand in arguments { values.append(try argument(operand, .any, dot).json) }
            if let final { values.append(final.json) }
            do throws(Failure) {
                return schema.value(try method(json, values), "any")
            } catch { throw failure("error calling \(name): \(error.message)") }
        }
        switch receiver.kind(schema) {
        case .structure:
            if hasArguments { throw failure("\(name) has arguments but cannot be invoked as function") }
            if let declared { return schema.value(json[declared.key], declared.type) }
            let byKey = schema.fields(of: type)?.first { $0.key == name }
            if let byKey { return schema.value(json[name], byKey.type) }
            if let value = json[name] ?? options.aliases[name].flatMap({ json[$0] }) { return schema.value(value, "any") }
            return try absent(name, receiver)
        case .map:
            if hasArguments { throw failure("\(name) is not a method but has arguments") }
            if let value = json[name] ?? options.aliases[name].flatMap({ json[$0] }) {
                return schema.value(value, receiver.elementType)
            }
            // A map of known type has no fields to miss.
            return type.hasPrefix("map[") ? .missing : try absent(name, receiver)
        case .nilPointer: throw failure("nil pointer evaluating \(receiver.typeName).\(name)")
        default: throw failure("can't evaluate field \(name) in type \(type == "any" ? "interface {}" : receiver.typeName)")
        }
    }

    private func absent(_ name: String, _ receiver: Value) throws(Failure) -> Value {
        if options.missingKey == .noValue { return .missing }
        if let rowName = options.rowName, receiver == root {
            throw failure("can't evaluate field \(name) in type \(rowName)")
        }
        throw failure("map has no entry for key \(Quote.go(name))")
    }

    // MARK: functions

    private mutating func call(
        _ name: String, _ dot: Value, _ arguments: ArraySlice<Operand>, _ final: Value?,
        blaming command: (position: Int, text: String)
    ) throws(Failure) -> Value {
        if name == "and" || name == "or" { return try logic(name, dot, arguments, final) }
        if name == "call" { return try callValue(dot, arguments, final, blaming: command) }
        guard let function = Functions.table[name] else { throw failure("\(Quote.go(name)) is not a defined function") }
        let count = arguments.count + (final == nil ? 0 : 1)
        let wanted = function.parameters.count
        if function.rest != nil ? count < wanted : count != wanted {
            let atLeast = function.rest == nil ? "" : "at least "
            throw failure(
                "wrong number of args for \(name): want \(atLeast)\(wanted) "
                    + "got \(function.rest == nil ? count : arguments.count)")
        }
        let isHeader = options.isHeader && Functions.unchangedInHeaders.contains(name)
        var values: [Value] = []
        for operand in arguments {
            let parameter = values.count < wanted ? function.parameters[values.count] : function.rest ?? .any
            values.append(try argument(operand, isHeader && values.isEmpty ? .string : parameter, dot))
        }
        if let final {
            let parameter = values.count < wanted ? function.parameters[values.count] : function.rest ?? .any
            values.append(try check(final, isHeader && values.isEmpty ? .string : parameter))
        }
        if isHeader { return values[0] }
        let value: Value
        do throws(Failure) { value = try function.body(values, context) } catch {
            blamed = command
            throw failure("error calling \(name): \(error.message)")
        }
        try account(for: value)
        return value
    }

    /// `call` wants a function for its first operand, and no value of ours is one.
    private mutating func callValue(
        _ dot: Value, _ arguments: ArraySlice<Operand>, _ final: Value?, blaming command: (position: Int, text: String)
    ) throws(Failure) -> Value {
        if arguments.isEmpty, final == nil { throw failure("wrong number of args for call: want at least 1 got 0") }
        let value = try arguments.first.map { (operand) throws(Failure) in try argument(operand, .any, dot) } ?? final!
        blamed = command
        if value.kind(schema) == .missing { throw failure("error calling call: call of nil") }
        let text = arguments.first?.description ?? "<\(value.typeName) Value>"
        throw failure("error calling call: non-function \(text) of type \(value.typeName)")
    }

    /// `and` and `or` evaluate no more operands than they need.
    private mutating func logic(
        _ name: String, _ dot: Value, _ arguments: ArraySlice<Operand>, _ final: Value?
    ) throws(Failure) -> Value {
        if arguments.isEmpty, final == nil { throw failure("wrong number of args for \(name): want at least 1 got 0") }
        var value = Value.missing
        for operand in arguments {
            value = try argument(operand, .any, dot)
            if value.isTrue(schema) == (name == "or") { return value }
        }
        return final ?? value
    }

    /// An operand in the place of an argument, checked for its type.
    private mutating func argument(
        _ operand: Operand, _ parameter: Functions.Parameter, _ dot: Value
    ) throws(Failure) -> Value {
        blame(operand)
        switch operand {
        case .dot: return try check(dot, parameter)
        case .null:
            if parameter != .any { throw failure("cannot assign nil to \(parameter)") }
            return .missing
        case .field, .variable, .chain: return try check(try chain(operand, dot, [], nil), parameter)
        case .pipeline(let pipeline):
            let value = try deeper { (execution: inout Execution) throws(Failure) in try execution.evaluate(pipeline, dot) }
            return try check(value, parameter)
        case .function(let position, let name):
            return try check(try call(name, dot, [], nil, blaming: (position, name)), parameter)
        case .bool, .number, .string:
            switch parameter {
            case .any: return try constant(operand, dot)
            case .string:
                guard case .string(_, _, let text) = operand else { throw failure("expected string; found \(operand)") }
                return .string(text)
            case .int:
                guard case .number(_, let literal) = operand, let int = literal.int else {
                    throw failure("expected integer; found \(operand)")
                }
                return .int(int)
            }
        }
    }

    private func check(_ value: Value, _ parameter: Functions.Parameter) throws(Failure) -> Value {
        if parameter == .any { return value }
        if value.kind(schema) == .missing { throw failure("invalid value; expected \(parameter)") }
        if value.kind(schema) == (parameter == .string ? .string : .int) { return value }
        throw failure("wrong type for value; expected \(parameter); got \(value.typeName)")
    }
}
