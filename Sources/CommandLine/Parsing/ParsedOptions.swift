/// The options of one command line, checked, read with the declarations they were parsed with.
///
/// Reading an option as another type than its declaration's is a mistake in the program and traps.
package struct ParsedOptions: Sendable {
    struct Entry: Sendable {
        /// As given, in order; one element for an option that is not repeatable. CSV lists are split.
        var texts: [String]
        /// The number behind the last text, for kinds that have one.
        var number: Int64 = 0
    }

    var entries: [String: Entry] = [:]
    /// Lines for standard error: deprecated spellings, options without effect.
    package internal(set) var notices: [String] = []

    package init() {}

    /// Whether the option was given at all, with whatever value.
    package func isSet(_ option: OptionSpec) -> Bool { entries[option.key] != nil }

    package func bool(_ option: OptionSpec) -> Bool {
        precondition(option.kind == .bool, "--\(option.long) is no bool")
        guard let entry = entries[option.key] else { return option.defaultText == "true" }
        return entry.number != 0
    }

    /// The last value given, or the default. For kinds with a number: its text.
    package func string(_ option: OptionSpec) -> String {
        precondition(!option.kind.isRepeatable, "--\(option.long) is repeatable")
        return entries[option.key]?.texts.last ?? option.defaultText
    }

    /// All values in the order given; of a map `KEY=VALUE` texts.
    package func strings(_ option: OptionSpec) -> [String] {
        precondition(option.kind.isRepeatable, "--\(option.long) is not repeatable")
        return entries[option.key]?.texts ?? []
    }

    /// `KEY=VALUE` texts as pairs in the order given, each key once with its last value.
    /// Without `=` the value is empty.
    package func pairs(_ option: OptionSpec) -> [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        for text in strings(option) {
            let (key, value) = text.splitOnce("=")
            if let index = pairs.firstIndex(where: { $0.key == key }) {
                pairs[index].value = value ?? ""
            } else {
                pairs.append((key, value ?? ""))
            }
        }
        return pairs
    }

    /// The number given or the default. Units: bytes for sizes, nanoseconds for durations, billionths for decimals.
    package func int(_ option: OptionSpec) -> Int64 {
        switch option.kind {
        case .int, .uint, .decimal, .bytes, .duration: break
        default: preconditionFailure("--\(option.long) is no number")
        }
        if let entry = entries[option.key] { return entry.number }
        // A default that does not parse as its own kind is caught by the tests of the tables.
        return (try? option.kind.number(option.defaultText)) ?? 0
    }

    /// The number given, or nil where the option is absent.
    package func intIfSet(_ option: OptionSpec) -> Int64? { isSet(option) ? int(option) : nil }

    /// The last value given, or nil where the option is absent.
    package func stringIfSet(_ option: OptionSpec) -> String? { isSet(option) ? string(option) : nil }
}

extension String {
    /// Before and after the first separator; the second is nil where there is none.
    func splitOnce(_ separator: Character) -> (String, String?) {
        guard let index = firstIndex(of: separator) else { return (self, nil) }
        return (String(self[..<index]), String(self[self.index(after: index)...]))
    }
}
