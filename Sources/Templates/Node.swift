/// What a template consists of. Positions are byte offsets, for error messages.
indirect enum Node: Sendable {
    case text(String)
    case action(Pipeline)
    case branch(Branch)
    case template(position: Int, name: String, Pipeline?)
    case breakLoop(position: Int)
    case continueLoop(position: Int)
}

struct Branch: Sendable {
    enum Kind: String, Sendable { case `if`, with, range }
    let kind: Kind
    let position: Int
    let pipeline: Pipeline
    let body: [Node]
    let otherwise: [Node]
}

struct Pipeline: Sendable {
    let position: Int
    var variables: [String] = []
    /// `=` instead of `:=`.
    var assigns = false
    var commands: [Command] = []
}

struct Command: Sendable {
    let position: Int
    var operands: [Operand] = []
}

indirect enum Operand: Sendable {
    case dot(Int)
    case null(Int)
    case bool(Int, Bool)
    case number(Int, NumberLiteral)
    /// As written, and what it means.
    case string(Int, quoted: String, String)
    case field(Int, [String])
    /// The name with its `$`, then fields.
    case variable(Int, [String])
    case function(Int, String)
    case chain(Int, Operand, [String])
    case pipeline(Pipeline)

    var position: Int {
        switch self {
        case .dot(let at), .null(let at), .bool(let at, _), .number(let at, _), .string(let at, _, _), .field(let at, _),
            .variable(let at, _), .function(let at, _), .chain(let at, _, _):
            at
        case .pipeline(let pipeline): pipeline.position
        }
    }
}

/// A number or rune constant: its syntax decides whether it is whole.
struct NumberLiteral: Sendable {
    let text: String
    let int: Int64?
    let float: Double?

    var isFloat: Bool {
        guard !text.hasPrefix("'"), float != nil else { return false }
        let isHexadecimal = text.lowercased().drop { $0 == "+" || $0 == "-" }.hasPrefix("0x")
        return text.contains { isHexadecimal ? "pP".contains($0) : ".eEpP".contains($0) }
    }
}

// How error messages quote parts of a template: rebuilt from the tree, with single blanks.

extension Pipeline: CustomStringConvertible {
    var description: String {
        (variables.isEmpty ? "" : variables.joined(separator: ", ") + (assigns ? " = " : " := "))
            + commands.map(\.description).joined(separator: " | ")
    }
}

extension Command: CustomStringConvertible {
    var description: String {
        operands.map { operand in
            if case .pipeline(let pipeline) = operand { return "(\(pipeline))" }
            return operand.description
        }.joined(separator: " ")
    }
}

extension Operand: CustomStringConvertible {
    var description: String {
        switch self {
        case .dot: "."
        case .null: "nil"
        case .bool(_, let value): value ? "true" : "false"
        case .number(_, let literal): literal.text
        case .string(_, let quoted, _): quoted
        case .field(_, let names): "." + names.joined(separator: ".")
        case .variable(_, let names): names.joined(separator: ".")
        case .function(_, let name): name
        case .chain(_, .pipeline(let pipeline), let names): "(\(pipeline))." + names.joined(separator: ".")
        case .chain(_, let operand, let names): "\(operand)." + names.joined(separator: ".")
        case .pipeline(let pipeline): pipeline.description
        }
    }
}
