import Primitives

/// Builds the tree of a template. Messages are those of Go's parser.
struct Parser {
    private let tokens: [Token]
    private let name: String
    private var index = 0
    /// The last token looked at names the line of an error.
    private var touched = 0
    private var variables = ["$"]
    private var rangeDepth = 0
    private var actionLine = 0
    private(set) var depth = 0
    private(set) var definitions: [String: [Node]] = [:]

    /// How deep branches and parentheses may nest.
    static let depthMax = 100

    init(text: String, name: String) {
        tokens = Lexer.tokens(of: text)
        self.name = name
    }

    // MARK: tokens

    mutating func next() -> Token {
        touched = index
        if index < tokens.count - 1 { index += 1 } else { isPastEnd = true }
        return tokens[touched]
    }
    private var isPastEnd = false
    mutating func peek() -> Token {
        touched = index
        return tokens[index]
    }
    mutating func nextNonSpace() -> Token {
        while true {
            let token = next()
            if token.kind != .space { return token }
        }
    }
    mutating func peekNonSpace() -> Token {
        while tokens[index].kind == .space { index += 1 }
        return peek()
    }
    mutating func backup() {
        if isPastEnd { isPastEnd = false } else { index -= 1 }
    }

    func failure(_ message: String) -> Failure {
        Failure(.invalid, "template: \(name):\(tokens[touched].line): \(message)")
    }
    func unexpected(_ token: Token, _ context: String) -> Failure {
        guard token.kind == .error else { return failure("unexpected \(token.named) in \(context)") }
        if actionLine == 0 || actionLine == token.line { return failure(token.text) }
        let place = token.text.hasSuffix(" action") ? " started at" : " in action started at"
        return failure("\(token.text)\(place) \(name):\(actionLine)")
    }

    mutating func deeper<T>(_ body: (inout Parser) throws(Failure) -> T) throws(Failure) -> T {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw failure("nested deeper than \(Self.depthMax)") }
        return try body(&self)
    }

    // MARK: nodes

    private enum Stop: String {
        case end = "{{end}}"
        case otherwise = "{{else}}"
        case file = "EOF"
    }

    mutating func parse() throws(Failure) -> [Node] {
        var root: [Node] = []
        while true {
            let (nodes, stop) = try list(isTop: true)
            root += nodes
            if stop == .file { return root }
            throw failure("unexpected \(stop.rawValue)")
        }
    }

    private mutating func list(isTop: Bool = false) throws(Failure) -> ([Node], Stop) {
        var nodes: [Node] = []
        while true {
            let token = next()
            switch token.kind {
            case .end:
                if isTop { return (nodes, .file) }
                throw failure("unexpected EOF")
            case .text: nodes.append(.text(token.text))
            case .leftDelimiter:
                actionLine = token.line
                defer { actionLine = 0 }
                if let stop = try action(into: &nodes, isTop: isTop) { return (nodes, stop) }
            default: throw unexpected(token, "input")
            }
        }
    }

    private mutating func action(into nodes: inout [Node], isTop: Bool) throws(Failure) -> Stop? {
        let token = nextNonSpace()
        guard token.kind == .keyword else {
            backup()
            nodes.append(.action(try pipeline("command", until: .rightDelimiter)))
            return nil
        }
        switch token.text {
        case "if": nodes.append(try branch(.if))
        case "with": nodes.append(try branch(.with))
        case "range": nodes.append(try branch(.range))
        case "end":
            try expect(.rightDelimiter, "end")
            return .end
        case "else":
            // What `else if` and `else with` still have to say is left for the branch.
            let following = peekNonSpace()
            if following.kind == .keyword, ["if", "with"].contains(following.text) { return .otherwise }
            try expect(.rightDelimiter, "else")
            return .otherwise
        case "break", "continue":
            let closing = nextNonSpace()
            guard closing.kind == .rightDelimiter else { throw unexpected(closing, "{{\(token.text)}}") }
            if rangeDepth == 0 { throw failure("{{\(token.text)}} outside {{range}}") }
            nodes.append(token.text == "break" ? .breakLoop(position: token.position) : .continueLoop(position: token.position))
        case "template": nodes.append(try templateCall())
        case "block": nodes.append(try block())
        case "define" where isTop: try define()
        default:
            backup()
            nodes.append(.action(try pipeline("command", until: .rightDelimiter)))
        }
        return nil
    }

    @discardableResult
    private mutating func expect(_ kind: Token.Kind, _ context: String) throws(Failure) -> Token {
        let token = nextNonSpace()
        guard token.kind == kind else { throw unexpected(token, context) }
        return token
    }

    private mutating func branch(_ kind: Branch.Kind) throws(Failure) -> Node {
        try deeper { (parser: inout Parser) throws(Failure) in try parser.branchBody(kind) }
    }

    private mutating func branchBody(_ kind: Branch.Kind) throws(Failure) -> Node {
        let scope = variables.count
        defer { variables.removeSubrange(scope...) }
        let position = peekNonSpace().position
        let pipeline = try pipeline(kind.rawValue, until: .rightDelimiter)
        if kind == .range { rangeDepth += 1 }
        let (body, stop) = try list()
        if kind == .range { rangeDepth -= 1 }
        var otherwise: [Node] = []
        if stop == .otherwise {
            let following = peek()
            if following.kind == .keyword {
                // One {{end}} closes the whole chain, and the inner branch takes it.
                guard kind != .range, following.text == kind.rawValue else { throw unexpected(next(), "input") }
                _ = next()
                otherwise = [try branch(kind)]
            } else {
                let (nodes, final) = try list()
                if final != .end { throw failure("expected end; found \(final.rawValue)") }
                otherwise = nodes
            }
        }
        return .branch(Branch(kind: kind, position: position, pipeline: pipeline, body: body, otherwise: otherwise))
    }

    private mutating func templateName(_ context: String) throws(Failure) -> String {
        let token = nextNonSpace()
        guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, context) }
        guard let text = Quote.meaning(of: token.text) else { throw failure("invalid syntax") }
        return text
    }

    private mutating func templateCall() throws(Failure) -> Node {
        let position = peekNonSpace().position
        let called = try templateName("template clause")
        if nextNonSpace().kind == .rightDelimiter { return .template(position: position, name: called, nil) }
        backup()
        return .template(position: position, name: called, try pipeline("template clause", until: .rightDelimiter))
    }

    private mutating func block() throws(Failure) -> Node {
        let position = peekNonSpace().position
        let called = try templateName("block clause")
        let argument = try pipeline("block clause", until: .rightDelimiter)
        try definition(called, "block clause")
        return .template(position: position, name: called, argument)
    }

    private mutating func define() throws(Failure) {
        let defined = try templateName("define clause")
        try expect(.rightDelimiter, "define clause")
        try definition(defined, "define clause")
    }

    private mutating func definition(_ defined: String, _ context: String) throws(Failure) {
        let nodes = try deeper { (parser: inout Parser) throws(Failure) in
            // A definition sees no variables and no loop of its surroundings.
            let outer = (parser.variables, parser.rangeDepth)
            (parser.variables, parser.rangeDepth) = (["$"], 0)
            defer { (parser.variables, parser.rangeDepth) = outer }
            let (nodes, stop) = try parser.list()
            if stop != .end { throw parser.failure("unexpected \(stop.rawValue) in \(context)") }
            return nodes
        }
        // An empty definition never replaces another one, and is replaced by any.
        if let existing = definitions[defined], !isBlank(existing) {
            if !isBlank(nodes) { throw failure("template: multiple definition of template \(Quote.go(defined))") }
        } else {
            definitions[defined] = nodes
        }
    }

    private func isBlank(_ nodes: [Node]) -> Bool {
        nodes.allSatisfy { node in
            guard case .text(let text) = node else { return false }
            return text.utf8.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        }
    }

    // MARK: what the pipelines need

    func isKnown(variable: String) -> Bool { variables.contains(variable) }
    mutating func declare(_ variable: String) { variables.append(variable) }
    mutating func step(back count: Int) { index -= count }
}
