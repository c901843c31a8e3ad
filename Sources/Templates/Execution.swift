import Primitives

/// One execution of a template.
struct Execution {
    let template: Template
    let options: Template.Options
    private var out: [UInt8] = []
    private var steps = 0
    private var textMade = 0
    private var depth = 0
    /// The definition being executed, for error messages.
    private var executing: String
    /// The value the template was given.
    private(set) var root = Value.missing
    private var variables: [(name: String, value: Value)] = []
    /// The part of the template that an error blames: offset and text.
    var blamed: (position: Int, text: String) = (0, "")

    /// How deep branches, parentheses and template calls may nest together while running.
    static let depthMax = 400

    var schema: Schema { options.schema }
    var context: Functions.Context {
        Functions.Context(schema: options.schema, textMax: options.outputMax, escapesObjects: options.escapesObjects)
    }

    init(template: Template, options: Template.Options) {
        self.template = template
        self.options = options
        executing = template.name
    }

    mutating func run(on dot: Value) throws(Failure) -> String {
        variables = [("$", dot)]
        root = dot
        _ = try walk(template.root, dot)
        return String(decoding: out, as: UTF8.self)
    }

    // MARK: errors and limits

    mutating func blame(_ position: Int, _ text: @autoclosure () -> String) { blamed = (position, text()) }
    mutating func blame(_ operand: Operand) { blamed = (operand.position, operand.description) }

    func failure(_ message: String) -> Failure {
        let before = template.text.prefix(blamed.position)
        let line = before.count { $0 == 0x0A } + 1
        let column = blamed.position - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
        return Failure(
            .invalid,
            "template: \(template.name):\(line):\(column): executing \(Quote.go(executing)) at <\(blamed.text)>: \(message)")
    }

    mutating func step() throws(Failure) {
        steps += 1
        if steps > options.stepsMax { throw failure("more than \(options.stepsMax) steps") }
    }

    mutating func deeper<T>(_ body: (inout Execution) throws(Failure) -> T) throws(Failure) -> T {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw failure("exceeded maximum template depth (\(Self.depthMax))") }
        return try body(&self)
    }

    /// Accounts for a text that a function made.
    mutating func account(for value: Value) throws(Failure) {
        guard case .string(let text) = value.json else { return }
        textMade += text.utf8.count
        if text.utf8.count > options.outputMax || textMade > 32 * options.outputMax {
            throw failure("text longer than \(options.outputMax) bytes")
        }
    }

    private mutating func write(_ text: String) throws(Failure) {
        if out.count + text.utf8.count > options.outputMax { throw failure("output longer than \(options.outputMax) bytes") }
        out.append(contentsOf: text.utf8)
    }

    // MARK: variables

    func value(of variable: String) -> Value { variables.last { $0.name == variable }?.value ?? .missing }
    mutating func bind(_ pipeline: Pipeline, _ value: Value) throws(Failure) {
        for name in pipeline.variables { try bind(name, value, assigns: pipeline.assigns) }
    }
    private mutating func bind(_ name: String, _ value: Value, assigns: Bool) throws(Failure) {
        guard assigns else { return variables.append((name, value)) }
        guard let index = variables.lastIndex(where: { $0.name == name }) else {
            throw failure("undefined variable: \(name)")
        }
        variables[index].value = value
    }

    // MARK: nodes

    private enum Flow { case normal, breakLoop, continueLoop }

    private mutating func walk(_ nodes: [Node], _ dot: Value) throws(Failure) -> Flow {
        for node in nodes {
            try step()
            switch node {
            case .text(let text): try write(text)
            case .action(let pipeline):
                let value = try evaluate(pipeline, dot)
                if pipeline.variables.isEmpty {
                    blame(pipeline.position, pipeline.description)
                    try write(value == .missing ? "<no value>" : context.formatter.text(value))
                }
            case .branch(let branch):
                let flow = try deeper { (execution: inout Execution) throws(Failure) in
                    let scope = execution.variables.count
                    defer { execution.variables.removeSubrange(scope...) }
                    return try branch.kind == .range ? execution.range(branch, dot) : execution.choose(branch, dot)
                }
                if flow != .normal { return flow }
            case .template(let position, let name, let argument): try call(position, name, argument, dot)
            case .breakLoop: return .breakLoop
            case .continueLoop: return .continueLoop
            }
        }
        return .normal
    }

    private mutating func choose(_ branch: Branch, _ dot: Value) throws(Failure) -> Flow {
        let value = try evaluate(branch.pipeline, dot)
        guard value.isTrue(schema) else { return try walk(branch.otherwise, dot) }
        return try walk(branch.body, branch.kind == .with ? value : dot)
    }

    private mutating func range(_ branch: Branch, _ dot: Value) throws(Failure) -> Flow {
        let value = try evaluate(branch.pipeline, dot)
        let isEmpty: Bool
        switch value.kind(schema) {
        case .list:
            let elements = value.elements(schema)
            isEmpty = elements.isEmpty
            for (index, element) in elements.enumerated() {
                if try iterate(branch, .int(Int64(index)), element) { break }
            }
        case .map:
            let members = value.members(schema)
            isEmpty = members.isEmpty
            for (key, element) in members where try iterate(branch, .string(key), element) { break }
        case .int:
            let count = value.json.int ?? 0
            isEmpty = count <= 0
            if branch.pipeline.variables.count > 1, !isEmpty {
                throw failure("can't use \(count) to iterate over more than one variable")
            }
            var index: Int64 = 0
            while index < count {
                if try iterate(branch, .int(index), .int(index)) { break }
                index += 1
            }
        case .missing: isEmpty = true
        default: throw failure("range can't iterate over \(context.formatter.text(value))")
        }
        return isEmpty ? try walk(branch.otherwise, dot) : .normal
    }

    /// - Returns: whether the loop is to end.
    private mutating func iterate(_ branch: Branch, _ key: Value, _ element: Value) throws(Failure) -> Bool {
        try step()
        let scope = variables.count
        defer { variables.removeSubrange(scope...) }
        let names = branch.pipeline.variables
        if names.count > 1 { try bind(names[0], key, assigns: branch.pipeline.assigns) }
        if let last = names.last { try bind(last, element, assigns: branch.pipeline.assigns) }
        return try walk(branch.body, element) == .breakLoop
    }

    private mutating func call(_ position: Int, _ name: String, _ argument: Pipeline?, _ dot: Value) throws(Failure) {
        blame(position, "{{template \(Quote.go(name))\(argument.map { " \($0)" } ?? "")}}")
        let isRoot = name == template.name && template.definitions[name] == nil
        guard let body = isRoot ? template.root : template.definitions[name] else {
            throw failure("template \(Quote.go(name)) not defined")
        }
        let value = try argument.map { (pipeline) throws(Failure) in try evaluate(pipeline, dot) } ?? .missing
        try deeper { (execution: inout Execution) throws(Failure) in
            let outer = (execution.variables, execution.executing)
            (execution.variables, execution.executing) = ([("$", value)], name)
            _ = try execution.walk(body, value)
            (execution.variables, execution.executing) = outer
        }
    }
}
