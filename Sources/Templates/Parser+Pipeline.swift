import Primitives

extension Parser {
    mutating func pipeline(_ context: String, until end: Token.Kind) throws(Failure) -> Pipeline {
        var pipeline = Pipeline(position: peekNonSpace().position)
        try declarations(&pipeline, context)
        while true {
            let token = nextNonSpace()
            switch token.kind {
            case end:
                try check(pipeline, context)
                return pipeline
            case .bool, .character, .dot, .field, .identifier, .number, .null, .rawString, .string, .variable,
                .leftParenthesis:
                backup()
                pipeline.commands.append(try command())
            default: throw unexpected(token, context)
            }
        }
    }

    private func check(_ pipeline: Pipeline, _ context: String) throws(Failure) {
        if pipeline.commands.isEmpty { throw failure("missing value for \(context)") }
        for (stage, command) in pipeline.commands.enumerated().dropFirst() {
            switch command.operands[0] {
            case .bool, .dot, .null, .number, .string:
                throw failure("non executable command in pipeline stage \(stage + 1)")
            default: break
            }
        }
    }

    /// `$x :=`, `$x =`, and in a range `$key, $value :=`.
    private mutating func declarations(_ pipeline: inout Pipeline, _ context: String) throws(Failure) {
        while peekNonSpace().kind == .variable {
            let variable = next()
            let hasSpace = peek().kind == .space
            let following = peekNonSpace()
            switch following.kind {
            case .assign, .declare:
                _ = next()
                pipeline.assigns = following.kind == .assign
                pipeline.variables.append(variable.text)
                declare(variable.text)
                return
            case .comma:
                _ = next()
                pipeline.variables.append(variable.text)
                declare(variable.text)
                guard context == "range", pipeline.variables.count < 2 else {
                    throw failure("too many declarations in \(context)")
                }
                switch peekNonSpace().kind {
                case .variable, .rightDelimiter, .rightParenthesis: continue
                default: throw failure("range can only initialize variables")
                }
            default:
                step(back: hasSpace ? 2 : 1)
                return
            }
        }
    }

    private mutating func command() throws(Failure) -> Command {
        var command = Command(position: peekNonSpace().position)
        loop: while true {
            _ = peekNonSpace()
            if let operand = try operand() { command.operands.append(operand) }
            let token = next()
            switch token.kind {
            case .space: continue
            case .rightDelimiter, .rightParenthesis:
                backup()
                break loop
            case .pipe: break loop
            default: throw unexpected(token, "operand")
            }
        }
        if command.operands.isEmpty { throw failure("empty command") }
        return command
    }

    /// A term and the fields chained to it.
    private mutating func operand() throws(Failure) -> Operand? {
        guard let term = try term() else { return nil }
        guard peek().kind == .field else { return term }
        let position = peek().position
        var names: [String] = []
        while peek().kind == .field { names.append(String(next().text.dropFirst())) }
        switch term {
        case .field(_, let first): return .field(position, first + names)
        case .variable(_, let first): return .variable(position, first + names)
        case .bool, .string, .number, .null, .dot:
            throw failure("unexpected . after term \(Quote.go(term.description))")
        default: return .chain(position, term, names)
        }
    }

    private mutating func term() throws(Failure) -> Operand? {
        let token = nextNonSpace()
        switch token.kind {
        case .identifier:
            guard Functions.isKnown(token.text) else { throw failure("function \(Quote.go(token.text)) not defined") }
            return .function(token.position, token.text)
        case .dot: return .dot(token.position)
        case .null: return .null(token.position)
        case .variable:
            guard isKnown(variable: token.text) else { throw failure("undefined variable \(Quote.go(token.text))") }
            return .variable(token.position, [token.text])
        case .field: return .field(token.position, [String(token.text.dropFirst())])
        case .bool: return .bool(token.position, token.text == "true")
        case .number, .character: return .number(token.position, try number(token.text))
        case .leftParenthesis:
            return .pipeline(
                try deeper { (parser: inout Parser) throws(Failure) in
                    try parser.pipeline("parenthesized pipeline", until: .rightParenthesis)
                })
        case .string, .rawString:
            guard let text = Quote.meaning(of: token.text) else { throw failure("invalid syntax") }
            return .string(token.position, quoted: token.text, text)
        default:
            backup()
            return nil
        }
    }

    private func number(_ text: String) throws(Failure) -> NumberLiteral {
        if text.hasPrefix("'") {
            guard let scalars = Quote.meaning(of: text)?.unicodeScalars, !scalars.isEmpty else {
                throw failure("invalid syntax")
            }
            guard scalars.count == 1 else {
                throw failure("malformed character constant: \(text)")
            }
            let value = scalars.first!.value
            return NumberLiteral(text: text, int: Int64(value), float: Double(value))
        }
        let sign = text.hasPrefix("-") ? "-" : ""
        let digits = text.drop { $0 == "+" || $0 == "-" }.lowercased().filter { $0 != "_" }
        let (radix, body): (Int, Substring) =
            switch digits.prefix(2) {
            case "0x": (16, digits.dropFirst(2))
            case "0o": (8, digits.dropFirst(2))
            case "0b": (2, digits.dropFirst(2))
            default: digits.hasPrefix("0") && digits.utf8.count > 1 ? (8, digits.dropFirst()) : (10, digits[...])
            }
        if let int = Int64(sign + body, radix: radix) { return NumberLiteral(text: text, int: int, float: Double(int)) }
        if UInt64(body, radix: radix) != nil { return NumberLiteral(text: text, int: nil, float: nil) }
        if !body.isEmpty, body.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw failure("integer overflow: \(Quote.go(text))")
        }
        var decimal = digits.hasPrefix(".") ? "0" + digits : digits
        if decimal.hasSuffix(".") { decimal += "0" }
        decimal = decimal.split(separator: ".e", omittingEmptySubsequences: false).joined(separator: ".0e")
        guard radix != 2, let float = Double(sign + decimal), float.isFinite else {
            throw failure("illegal number syntax: \(Quote.go(text))")
        }
        return NumberLiteral(text: text, int: Int64(exactly: float), float: float)
    }
}
