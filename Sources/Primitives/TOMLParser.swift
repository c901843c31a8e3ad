/// Reads a document line by line into a tree, strictly. Spec: toml.io, 1.0.0.
struct TOMLParser {
    private var scanner: TOMLScanner
    private var root = Node(.implicit)
    private var values = 0

    /// A table under construction; what it came from decides what may be added to it.
    private final class Node {
        enum Origin {
            /// Named only as a part of another name: may be named itself once.
            case implicit
            /// `[a.b]`
            case header
            /// `a.b = 1`: may grow by such keys only.
            case dotted
            /// `{ … }`: complete.
            case inline
        }
        enum Slot {
            case value(TOML)
            case table(Node)
            case tables([Node])
        }
        var origin: Origin
        var keys: [String] = []
        var slots: [String: Slot] = [:]

        init(_ origin: Origin) { self.origin = origin }

        func set(_ key: String, _ slot: Slot) {
            if slots.updateValue(slot, forKey: key) == nil { keys.append(key) }
        }

        var table: TOML.Table {
            var out = TOML.Table()
            // Each key stands once in `keys`.
            for key in keys {
                switch slots[key] {
                case .value(let value): out.members.append(.init(key: key, value: value))
                case .table(let node): out.members.append(.init(key: key, value: .table(node.table)))
                case .tables(let nodes): out.members.append(.init(key: key, value: .array(nodes.map { .table($0.table) })))
                case nil: break
                }
            }
            return out
        }
    }

    init(_ bytes: [UInt8]) { scanner = TOMLScanner(bytes) }

    mutating func document() throws(Failure) -> TOML.Table {
        try scanner.checkText()
        var current = root
        while true {
            scanner.skipBlankLines()
            guard let byte = scanner.byte else { return root.table }
            if byte == UInt8(ascii: "[") { current = try header() } else { try assignment(in: current) }
            try scanner.endOfLine()
        }
    }

    private func failure(_ text: String) -> Failure { scanner.failure(text) }

    private mutating func count() throws(Failure) {
        values += 1
        if values > TOML.valuesMax { throw failure("more than \(TOML.valuesMax) values") }
    }

    // MARK: tables

    /// `[a.b]` or `[[a.b]]`
    private mutating func header() throws(Failure) -> Node {
        scanner.advance()
        let isArray = scanner.byte == UInt8(ascii: "[")
        if isArray { scanner.advance() }
        let path = try keyPath()
        for _ in 0..<(isArray ? 2 : 1) { try scanner.expect(UInt8(ascii: "]")) }
        try count()
        var node = root
        for key in path.dropLast() { node = try step(node, key) }
        let last = path[path.count - 1]
        if isArray { return try append(to: node, last) }
        switch node.slots[last] {
        case nil:
            let table = Node(.header)
            node.set(last, .table(table))
            return table
        case .table(let table) where table.origin == .implicit:
            table.origin = .header
            return table
        default: throw failure("the table \"\(shown(path))\" is there already")
        }
    }

    private func append(to node: Node, _ key: String) throws(Failure) -> Node {
        let table = Node(.header)
        switch node.slots[key] {
        case nil: node.set(key, .tables([table]))
        case .tables(let tables): node.set(key, .tables(tables + [table]))
        default: throw failure("\"\(shown([key]))\" is there already and is no array of tables")
        }
        return table
    }

    /// The table that a part of a header's name leads to.
    private func step(_ node: Node, _ key: String) throws(Failure) -> Node {
        switch node.slots[key] {
        case nil:
            let table = Node(.implicit)
            node.set(key, .table(table))
            return table
        case .table(let table) where table.origin != .inline: return table
        case .tables(let tables): return tables[tables.count - 1]
        default: throw failure("\"\(shown([key]))\" is no table")
        }
    }

    // MARK: keys and values

    private mutating func assignment(in table: Node, depth: Int = 0) throws(Failure) {
        let path = try keyPath()
        try scanner.expect(UInt8(ascii: "="))
        scanner.skipBlanks()
        var node = table
        for key in path.dropLast() {
            switch node.slots[key] {
            case nil:
                let inner = Node(.dotted)
                node.set(key, .table(inner))
                node = inner
            case .table(let inner) where inner.origin == .dotted: node = inner
            default: throw failure("\"\(shown([key]))\" is there already")
            }
        }
        let last = path[path.count - 1]
        if node.slots[last] != nil { throw failure("\"\(shown(path))\" is there already") }
        node.set(last, try slot(depth))
    }

    private mutating func slot(_ depth: Int) throws(Failure) -> Node.Slot {
        if scanner.byte == UInt8(ascii: "{") { return .table(try inlineTable(depth + 1)) }
        return .value(try value(depth))
    }

    private mutating func keyPath() throws(Failure) -> [String] {
        var path: [String] = []
        while true {
            scanner.skipBlanks()
            path.append(try scanner.key())
            if path.count > TOML.depthMax { throw failure("a name with more than \(TOML.depthMax) parts") }
            scanner.skipBlanks()
            guard scanner.byte == UInt8(ascii: ".") else { return path }
            scanner.advance()
        }
    }

    private mutating func value(_ depth: Int) throws(Failure) -> TOML {
        if depth > TOML.depthMax { throw failure("nested more than \(TOML.depthMax) deep") }
        try count()
        switch scanner.byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try scanner.string())
        case UInt8(ascii: "["): return .array(try array(depth + 1))
        case UInt8(ascii: "{"): return .table(try inlineTable(depth + 1).table)
        default: return try scanner.word()
        }
    }

    private mutating func array(_ depth: Int) throws(Failure) -> [TOML] {
        scanner.advance()
        var out: [TOML] = []
        while true {
            scanner.skipBlankLines()
            if scanner.byte == UInt8(ascii: "]") { break }
            out.append(try value(depth))
            scanner.skipBlankLines()
            if scanner.byte == UInt8(ascii: "]") { break }
            guard scanner.byte == UInt8(ascii: ",") else { throw failure("expected a comma or \"]\"") }
            scanner.advance()
        }
        scanner.advance()
        return out
    }

    private mutating func inlineTable(_ depth: Int) throws(Failure) -> Node {
        if depth > TOML.depthMax { throw failure("nested more than \(TOML.depthMax) deep") }
        try count()
        scanner.advance()
        let node = Node(.header)
        scanner.skipBlanks()
        if scanner.byte == UInt8(ascii: "}") {
            scanner.advance()
            node.origin = .inline
            return node
        }
        while true {
            try assignment(in: node, depth: depth)
            scanner.skipBlanks()
            guard scanner.byte == UInt8(ascii: ",") else { break }
            scanner.advance()
        }
        try scanner.expect(UInt8(ascii: "}"))
        node.origin = .inline
        return node
    }

    private func shown(_ path: [String]) -> String {
        let text = path.joined(separator: ".").utf8.prefix(80).map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x3F }
        return String(decoding: text, as: UTF8.self)
    }
}
