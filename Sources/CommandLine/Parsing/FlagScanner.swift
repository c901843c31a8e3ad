import Primitives

/// Takes options off a command line with pflag's grammar: `-itd`, `-p8080:80`, `-e=A`, `--name=x`, `--name x`, `--`.
struct FlagScanner {
    /// A bool's word when it is given alone.
    private static let alone = "true"

    let options: [OptionSpec]
    let stopsAtFirstOperand: Bool
    private(set) var parsed = ParsedOptions()
    private(set) var operands: [String] = []
    private var rest: ArraySlice<String>

    init(_ options: [OptionSpec], stopsAtFirstOperand: Bool, _ words: ArraySlice<String>) {
        self.options = options
        self.stopsAtFirstOperand = stopsAtFirstOperand
        rest = words
    }

    /// - Throws: `.invalid` with pflag's text.
    mutating func scan() throws(Failure) {
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                return
            }
            if word.utf8.count < 2 || word.utf8.first != UInt8(ascii: "-") {
                operands.append(word)
                if stopsAtFirstOperand {
                    operands += rest
                    return
                }
            } else if word.utf8.starts(with: "--".utf8) {
                try scanLong(word)
            } else {
                try scanCluster(word)
            }
        }
    }

    private mutating func scanLong(_ word: String) throws(Failure) {
        let (name, value) = String(word.dropFirst(2)).splitOnce("=")
        guard let first = name.utf8.first, first != UInt8(ascii: "-") else {
            throw Failure(.invalid, "bad flag syntax: \(word)")
        }
        guard let option = options.first(where: { $0.long == name }) else {
            throw Failure(.invalid, "unknown flag: --\(name)")
        }
        if let value {
            try store(value, option)
        } else if option.kind == .bool {
            try store(Self.alone, option)
        } else if let next = rest.popFirst() {
            try store(next, option)
        } else {
            throw Failure(.invalid, "flag needs an argument: --\(name)")
        }
    }

    /// Letters after one dash. A letter is one byte, and is shown as that byte's character where it is unknown.
    private mutating func scanCluster(_ word: String) throws(Failure) {
        var letters = word.utf8.dropFirst()
        while let byte = letters.first {
            let letter = Character(Unicode.Scalar(byte))
            let shown = String(Substring(letters))
            letters.removeFirst()
            guard let option = options.first(where: { $0.short == letter }) else {
                throw Failure(.invalid, "unknown shorthand flag: '\(letter)' in -\(shown)")
            }
            if letters.first == UInt8(ascii: "="), letters.count > 1 {
                return try store(String(Substring(letters.dropFirst())), option)
            }
            if option.kind == .bool {
                try store(Self.alone, option)
            } else if !letters.isEmpty {
                return try store(String(Substring(letters)), option)
            } else if let next = rest.popFirst() {
                return try store(next, option)
            } else {
                throw Failure(.invalid, "flag needs an argument: '\(letter)' in -\(shown)")
            }
        }
    }

    private mutating func store(_ text: String, _ option: OptionSpec) throws(Failure) {
        do throws(Failure) {
            try parsed.add(text, option)
        } catch {
            let name = option.short.map { "-\($0), --\(option.long)" } ?? "--\(option.long)"
            throw Failure(.invalid, "invalid argument \(goQuoted(text)) for \"\(name)\" flag: \(error.message)")
        }
        if let notice = option.deprecation { parsed.notices.append(notice) }
    }
}

extension ParsedOptions {
    /// Checks a value and stores it. - Throws: `.invalid` with the reason alone.
    mutating func add(_ text: String, _ option: OptionSpec) throws(Failure) {
        let number = try option.kind.number(text)
        let texts = try option.kind.checked(text)
        if option.kind.isRepeatable {
            entries[option.key, default: Entry(texts: [])].texts += texts
        } else {
            entries[option.key] = Entry(texts: texts, number: number)
        }
    }
}
