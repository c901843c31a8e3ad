import Primitives

/// Go's fmt: printing values, and verbs with their flags, widths and wrong-type marks.
struct Formatter {
    let schema: Schema
    private var out = ""

    init(schema: Schema) { self.schema = schema }

    /// A width or precision beyond this is refused, as in Go.
    static let widthMax: Int64 = 1_000_000

    // MARK: print and println

    /// As `%v`.
    func text(_ value: Value) -> String {
        var formatter = Formatter(schema: schema)
        formatter.write(value, Directive(verb: "v"))
        return formatter.out
    }

    /// Operands with a blank between two of which neither is a string.
    func joined(_ values: [Value], max: Int) throws(Failure) -> String {
        var out = ""
        var lastIsString = true
        for (index, value) in values.enumerated() {
            let isString = value.kind(schema) == .string
            if index > 0, !isString, !lastIsString { out += " " }
            out += text(value)
            lastIsString = isString
            if out.utf8.count > max { throw Failure(.invalid, "text longer than \(max) bytes") }
        }
        return out
    }

    // MARK: printf

    struct Directive {
        var plus = false
        /// `%+v`: structures with the names of their fields; no sign for numbers.
        var names = false
        var minus = false
        var sharp = false
        var blank = false
        var zero = false
        var width: Int?
        var precision: Int?
        var verb: Unicode.Scalar
    }

    static func printf(_ format: String, _ arguments: [Value], _ schema: Schema, max: Int) throws(Failure) -> String {
        var formatter = Formatter(schema: schema)
        try formatter.printf(Array(format.unicodeScalars), arguments, max)
        return formatter.out
    }

    private mutating func printf(_ format: [Unicode.Scalar], _ arguments: [Value], _ max: Int) throws(Failure) {
        var index = 0
        var argument = 0
        var reordered = false
        while index < format.count {
            if out.utf8.count > max { throw Failure(.invalid, "text longer than \(max) bytes") }
            guard format[index] == "%" else {
                out.unicodeScalars.append(format[index])
                index += 1
                continue
            }
            index += 1
            var directive = Directive(verb: " ")
            flags(format, &index, &directive)
            var isGood = position(format, &index, &argument, arguments.count, &reordered)
            if index < format.count, format[index] == "*" {
                index += 1
                if let width = number(arguments, &argument) {
                    directive.width = abs(width)
                    if width < 0 { (directive.minus, directive.zero) = (true, false) }
                } else {
                    out += "%!(BADWIDTH)"
                }
            } else {
                directive.width = digits(format, &index)
            }
            if index < format.count, format[index] == "." {
                index += 1
                isGood = position(format, &index, &argument, arguments.count, &reordered) && isGood
                if index < format.count, format[index] == "*" {
                    index += 1
                    directive.precision = number(arguments, &argument)
                    if directive.precision == nil { out += "%!(BADPREC)" }
                    if let precision = directive.precision, precision < 0 { directive.precision = nil }
                } else {
                    directive.precision = digits(format, &index) ?? 0
                }
            }
            isGood = position(format, &index, &argument, arguments.count, &reordered) && isGood
            guard index < format.count else {
                out += "%!(NOVERB)"
                break
            }
            directive.verb = format[index]
            if directive.verb == "v" { (directive.names, directive.plus) = (directive.plus, false) }
            index += 1
            if directive.verb == "%" {
                out += "%"
            } else if !isGood {
                out += "%!\(directive.verb)(BADINDEX)"
            } else if argument >= arguments.count {
                out += "%!\(directive.verb)(MISSING)"
            } else {
                write(arguments[argument], directive)
                argument += 1
            }
        }
        if !reordered, argument < arguments.count {
            let extra = arguments[argument...].map { $0.kind(schema) == .missing ? "<nil>" : "\($0.typeName)=\(text($0))" }
            out += "%!(EXTRA \(extra.joined(separator: ", ")))"
        }
    }

    private func flags(_ format: [Unicode.Scalar], _ index: inout Int, _ directive: inout Directive) {
        while index < format.count {
            switch format[index] {
            case "+": directive.plus = true
            case "-": directive.minus = true
            case "#": directive.sharp = true
            case " ": directive.blank = true
            case "0": directive.zero = true
            default: return
            }
            index += 1
        }
    }

    private func digits(_ format: [Unicode.Scalar], _ index: inout Int) -> Int? {
        let start = index
        var value: Int64 = 0
        while index < format.count, ("0"..."9").contains(format[index]) {
            value = min(value * 10 + Int64(format[index].value - 0x30), Self.widthMax + 1)
            index += 1
        }
        return index == start || value > Self.widthMax ? nil : Int(value)
    }

    /// `[n]` before a verb or a star; false when there is no such argument.
    private func position(
        _ format: [Unicode.Scalar], _ index: inout Int, _ argument: inout Int, _ count: Int, _ reordered: inout Bool
    ) -> Bool {
        guard index < format.count, format[index] == "[" else { return true }
        reordered = true
        index += 1
        let number = digits(format, &index)
        guard index < format.count, format[index] == "]", let number, (1...max(count, 1)).contains(number), count > 0
        else {
            if let close = format[index...].firstIndex(of: "]") { index = close + 1 }
            return false
        }
        index += 1
        argument = number - 1
        return true
    }

    private func number(_ arguments: [Value], _ argument: inout Int) -> Int? {
        guard argument < arguments.count else { return nil }
        argument += 1
        guard let value = arguments[argument - 1].json.int, value.magnitude <= Self.widthMax else { return nil }
        return Int(value)
    }

    // MARK: one value

    private mutating func write(_ value: Value, _ directive: Directive, isNested: Bool = false) {
        if directive.verb == "T" { return pad(value.typeName, directive) }
        let isGo = directive.verb == "v" && directive.sharp
        switch value.kind(schema) {
        case .missing, .nilPointer:
            if directive.verb == "v" || (isNested && value.kind(schema) == .missing) {
                pad("<nil>", directive)
            } else if value.kind(schema) == .missing {
                out += "%!\(directive.verb)(<nil>)"
            } else {
                out += "%!\(directive.verb)(\(value.typeName)=<nil>)"
            }
        case .bool:
            guard directive.verb == "v" || directive.verb == "t" else { return bad(value, directive) }
            pad(value.json == true ? "true" : "false", directive)
        case .int: integer(value, directive)
        case .float: float(value, directive)
        case .string: string(value, directive)
        case .list:
            if isGo, value.json.isNull { return pad("\(value.typeName)(nil)", directive) }
            out += isGo ? "\(value.typeName){" : "["
            join(value.elements(schema), isGo, directive) { _, _ in }
            out += isGo ? "}" : "]"
        case .map:
            if isGo, value.json.isNull { return pad("\(value.typeName)(nil)", directive) }
            let members = value.members(schema)
            out += isGo ? "\(value.typeName){" : "map["
            join(members.map(\.value), isGo, directive) { formatter, index in
                formatter.write(.string(members[index].key), directive)
                formatter.out += ":"
            }
            out += isGo ? "}" : "]"
        case .structure:
            let fields = value.fields(schema)
            out += isGo ? "\(value.typeName){" : "{"
            join(fields.map(\.value), isGo, directive) { formatter, index in
                if directive.names || directive.verb == "v" && directive.sharp { formatter.out += "\(fields[index].name):" }
            }
            out += "}"
        }
    }

    private mutating func join(
        _ values: [Value], _ isGo: Bool, _ directive: Directive, before: (inout Formatter, Int) -> Void
    ) {
        for (index, value) in values.enumerated() {
            if index > 0 { out += isGo ? ", " : " " }
            before(&self, index)
            write(value, directive, isNested: true)
        }
    }

    private mutating func bad(_ value: Value, _ directive: Directive) {
        out += "%!\(directive.verb)(\(value.typeName)=\(text(value)))"
    }

    private mutating func pad(_ text: String, _ directive: Directive) {
        let missing = max(0, (directive.width ?? 0) - text.unicodeScalars.count)
        let blanks = String(repeating: directive.zero && !directive.minus ? "0" : " ", count: missing)
        out += directive.minus ? text + blanks : blanks + text
    }

    /// Pads with zeros between sign and digits where the flag says so.
    private mutating func pad(sign: String, _ digits: String, _ directive: Directive, zeros: Bool = true) {
        guard directive.zero, zeros, !directive.minus else {
            var blank = directive
            blank.zero = false
            return pad(sign + digits, blank)
        }
        let missing = max(0, (directive.width ?? 0) - sign.count - digits.count)
        out += sign + String(repeating: "0", count: missing) + digits
    }

    private func sign(_ isNegative: Bool, _ directive: Directive) -> String {
        isNegative ? "-" : directive.plus ? "+" : directive.blank ? " " : ""
    }

    private mutating func integer(_ value: Value, _ directive: Directive) {
        let number = value.json.int ?? 0
        let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
        let radix: Int
        var prefix = ""
        switch directive.verb {
        case "v", "d": radix = 10
        case "b": (radix, prefix) = (2, directive.sharp ? "0b" : "")
        case "o": (radix, prefix) = (8, directive.sharp ? "0" : "")
        case "O": (radix, prefix) = (8, "0o")
        case "x": (radix, prefix) = (16, directive.sharp ? "0x" : "")
        case "X": (radix, prefix) = (16, directive.sharp ? "0X" : "")
        case "c": return pad(String(scalar), directive)
        case "q": return pad(Quote.go(String(scalar), quote: "'", asciiOnly: directive.plus), directive)
        case "U":
            let code = "U+" + Quote.hexadecimal(UInt32(truncatingIfNeeded: number), 4, uppercase: true)
            return pad(directive.sharp && Quote.isPrintable(scalar) ? "\(code) '\(scalar)'" : code, directive)
        default: return bad(value, directive)
        }
        var digits = String(number.magnitude, radix: radix, uppercase: directive.verb == "X")
        if let precision = directive.precision {
            if precision == 0, number == 0 { return pad("", directive) }
            digits = String(repeating: "0", count: max(0, precision - digits.utf8.count)) + digits
        }
        pad(sign: sign(number < 0, directive) + prefix, digits, directive, zeros: directive.precision == nil)
    }

    private mutating func float(_ value: Value, _ directive: Directive) {
        guard case .double(let number) = value.json else { return }
        let text: String
        switch directive.verb {
        case "v": text = DecimalNumber.text(number, "g", precision: directive.precision)
        case "g", "G":
            text = DecimalNumber.text(number, Character(directive.verb), precision: directive.precision)
        case "e", "E", "f", "F":
            text = DecimalNumber.text(number, Character(directive.verb), precision: directive.precision ?? 6)
        case "x", "X": text = hexadecimal(number, uppercase: directive.verb == "X")
        default: return bad(value, directive)
        }
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        pad(sign: sign(number.sign == .minus, directive), digits, directive, zeros: number.isFinite)
    }

    /// `0x1.8p+00`, all digits that the number has.
    private func hexadecimal(_ number: Double, uppercase: Bool) -> String {
        if !number.isFinite { return DecimalNumber.text(number) }
        let exponent = number == 0 ? 0 : Int(number.exponent)
        var fraction = number == 0 ? "" : String(number.significand.significandBitPattern, radix: 16)
        fraction = number == 0 ? "" : String(repeating: "0", count: 13 - fraction.utf8.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        let power = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
        let text =
            "\(number.sign == .minus ? "-" : "")0x\(number == 0 ? 0 : 1)\(fraction.isEmpty ? "" : "." + fraction)"
            + "p\(exponent < 0 ? "-" : "+")\(power)"
        return uppercase ? text.uppercased() : text
    }

    private mutating func string(_ value: Value, _ directive: Directive) {
        var text = value.json.string ?? ""
        if let precision = directive.precision {
            text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(precision)))
        }
        switch directive.verb {
        case "v" where directive.sharp: pad(Quote.go(text), directive)
        case "v", "s": pad(text, directive)
        case "q":
            let isRaw = directive.sharp && !text.unicodeScalars.contains { $0 == "`" || ($0 != "\t" && !Quote.isPrintable($0)) }
            pad(isRaw ? "`\(text)`" : Quote.go(text, asciiOnly: directive.plus), directive)
        case "x", "X":
            let prefix = directive.sharp ? "0\(directive.verb)" : ""
            let bytes = text.utf8.map { Quote.hexadecimal(UInt32($0), 2, uppercase: directive.verb == "X") }
            guard directive.blank else { return pad((bytes.isEmpty ? "" : prefix) + bytes.joined(), directive) }
            pad(bytes.map { prefix + $0 }.joined(separator: " "), directive)
        default: bad(value, directive)
        }
    }
}
