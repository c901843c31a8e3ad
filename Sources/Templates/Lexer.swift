import Primitives

/// Cuts a template into tokens; the last one is `.end` or `.error`.
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var parentheses = 0
    private var tokens: [Token] = []

    static func tokens(of text: String) -> [Token] {
        var lexer = Lexer(bytes: Array(text.utf8))
        while lexer.textOrAction() {}
        return lexer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func at(_ offset: Int = 0) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }
    private func starts(_ text: StaticString, at start: Int? = nil) -> Bool {
        let start = start ?? position
        guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<text.utf8CodeUnitCount where bytes[start + index] != text.utf8Start[index] { return false }
        return true
    }
    private static func isSpace(_ byte: UInt8?) -> Bool { byte.map { [0x20, 0x09, 0x0D, 0x0A].contains($0) } ?? false }
    private static func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
    /// Letters beyond ASCII count as letters, whatever they are.
    private static func isWord(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte >= 0x80 || byte == 0x5F || isDigit(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    private mutating func emit(_ kind: Token.Kind, from start: Int) {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        tokens.append(Token(kind: kind, text: text, position: start, line: line))
        if kind == .text || kind == .space || kind == .rawString { line += bytes[start..<position].count { $0 == 0x0A } }
    }
    /// Always false: nothing follows an error.
    private mutating func fail(_ message: String) -> Bool {
        tokens.append(Token(kind: .error, text: message, position: position, line: line))
        return false
    }
    /// `U+0040 '@'`
    private func characterHere() -> String {
        let scalar = String(decoding: bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}"
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        return Quote.isPrintable(scalar) ? "\(code) '\(scalar)'" : code
    }

    // MARK: outside of actions

    private mutating func textOrAction() -> Bool {
        let start = position
        while position < bytes.count, !starts("{{") { position += 1 }
        let delimiter = position
        let trims = position < bytes.count && at(2) == UInt8(ascii: "-") && Self.isSpace(at(3))
        if trims { while position > start, Self.isSpace(bytes[position - 1]) { position -= 1 } }
        if position > start { emit(.text, from: start) }
        line += bytes[position..<delimiter].count { $0 == 0x0A }
        position = delimiter
        if position == bytes.count {
            emit(.end, from: position)
            return false
        }
        let content = position + (trims ? 4 : 2)
        if starts("/*", at: content) { return comment(from: content) }
        position += 2
        emit(.leftDelimiter, from: delimiter)
        position = content
        parentheses = 0
        while true {
            if let width = rightDelimiterWidth() {
                if parentheses > 0 { return fail("unclosed left paren") }
                closeAction(width)
                return true
            }
            if !inside() { return false }
        }
    }

    private mutating func comment(from content: Int) -> Bool {
        let start = position
        position = content + 2
        while position < bytes.count, !starts("*/") { position += 1 }
        if position == bytes.count {
            position = start
            return fail("unclosed comment")
        }
        position += 2
        guard let width = rightDelimiterWidth() else { return fail("comment ends before closing delimiter") }
        line += bytes[start..<position].count { $0 == 0x0A }
        position += width
        if width > 2 { skipSpace() }
        return true
    }

    /// 2 for `}}`, 4 for ` -}}`, nil elsewhere.
    private func rightDelimiterWidth() -> Int? {
        if Self.isSpace(at()), starts("-}}", at: position + 1) { return 4 }
        return starts("}}") ? 2 : nil
    }

    private mutating func closeAction(_ width: Int) {
        if width > 2 {
            if at() == 0x0A { line += 1 }
            position += 2
        }
        position += 2
        emit(.rightDelimiter, from: position - 2)
        if width > 2 { skipSpace() }
    }

    private mutating func skipSpace() {
        while Self.isSpace(at()) {
            if at() == 0x0A { line += 1 }
            position += 1
        }
    }

    // MARK: inside of actions

    private mutating func inside() -> Bool {
        guard let byte = at() else { return fail("unclosed action") }
        let start = position
        switch byte {
        case _ where Self.isSpace(byte): return space()
        case UInt8(ascii: "="): return single(.assign)
        case UInt8(ascii: "|"): return single(.pipe)
        case UInt8(ascii: ","): return single(.comma)
        case UInt8(ascii: ":"):
            guard at(1) == UInt8(ascii: "=") else {
                position += 1
                return fail("expected :=")
            }
            position += 2
            emit(.declare, from: start)
            return true
        case UInt8(ascii: "("):
            parentheses += 1
            return single(.leftParenthesis)
        case UInt8(ascii: ")"):
            parentheses -= 1
            return parentheses < 0 ? fail("unexpected right paren") : single(.rightParenthesis)
        case UInt8(ascii: "\""): return quoted(byte, .string, "unterminated quoted string")
        case UInt8(ascii: "'"): return quoted(byte, .character, "unterminated character constant")
        case UInt8(ascii: "`"): return rawString()
        case UInt8(ascii: "$"): return word(.variable)
        case UInt8(ascii: ".") where !Self.isDigit(at(1)): return word(.field)
        case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), 0x30...0x39: return number()
        case _ where Self.isWord(byte): return identifier()
        case 0x21..<0x7F: return single(.other)
        default: return fail("unrecognized character in action: \(characterHere())")
        }
    }

    private mutating func single(_ kind: Token.Kind) -> Bool {
        position += 1
        emit(kind, from: position - 1)
        return true
    }

    private mutating func space() -> Bool {
        let start = position
        while Self.isSpace(at()), rightDelimiterWidth() == nil { position += 1 }
        if position > start { emit(.space, from: start) }
        return true
    }

    private mutating func quoted(_ quote: UInt8, _ kind: Token.Kind, _ message: String) -> Bool {
        let start = position
        position += 1
        while let byte = at(), byte != 0x0A {
            position += byte == UInt8(ascii: "\\") && at(1) != nil && at(1) != 0x0A ? 2 : 1
            if byte == quote {
                emit(kind, from: start)
                return true
            }
        }
        return fail(message)
    }

    private mutating func rawString() -> Bool {
        let start = position
        position += 1
        while let byte = at() {
            position += 1
            if byte == UInt8(ascii: "`") {
                emit(.rawString, from: start)
                return true
            }
        }
        return fail("unterminated raw quoted string")
    }

    /// After a name must come something that cannot belong to it.
    private var isAtTerminator: Bool {
        guard let byte = at() else { return true }
        return Self.isSpace(byte) || Array(".,|:()".utf8).contains(byte) || starts("}}")
    }

    /// `.Name`, `$name`, or the bare `.` and `$`.
    private mutating func word(_ kind: Token.Kind) -> Bool {
        let start = position
        position += 1
        if isAtTerminator {
            emit(kind == .field ? .dot : .variable, from: start)
            return true
        }
        while Self.isWord(at()) { position += 1 }
        guard isAtTerminator else { return fail("bad character \(characterHere())") }
        emit(kind, from: start)
        return true
    }

    private mutating func identifier() -> Bool {
        let start = position
        while Self.isWord(at()) { position += 1 }
        guard isAtTerminator else { return fail("bad character \(characterHere())") }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let kind: Token.Kind =
            switch text {
            case "true", "false": .bool
            case "nil": .null
            default: Token.keywords.contains(text) ? .keyword : .identifier
            }
        emit(kind, from: start)
        return true
    }

    private mutating func number() -> Bool {
        let start = position
        if at() == UInt8(ascii: "+") || at() == UInt8(ascii: "-") { position += 1 }
        var isHexadecimal = false
        if at() == UInt8(ascii: "0"), let letter = at(1).map({ $0 | 0x20 }), Array("xob".utf8).contains(letter) {
            isHexadecimal = letter == UInt8(ascii: "x")
            position += 2
        }
        func digits(_ lexer: inout Lexer) {
            while let byte = lexer.at(),
                byte == 0x5F || Self.isDigit(byte) || (isHexadecimal && (0x61...0x66).contains(byte | 0x20))
            { lexer.position += 1 }
        }
        digits(&self)
        if at() == UInt8(ascii: ".") {
            position += 1
            digits(&self)
        }
        if let letter = at().map({ $0 | 0x20 }), letter == UInt8(ascii: isHexadecimal ? "p" : "e") {
            position += 1
            if at() == UInt8(ascii: "+") || at() == UInt8(ascii: "-") { position += 1 }
            isHexadecimal = false
            digits(&self)
        }
        if Self.isWord(at()) {
            position += 1
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            return fail("bad number syntax: \(Quote.go(text))")
        }
        emit(.number, from: start)
        return true
    }
}
