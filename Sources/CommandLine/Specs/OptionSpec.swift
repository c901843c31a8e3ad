/// One option of a command, declared once: the parser, the help, the man page, the completions and the reader of the
/// parsed value all use this declaration. Two declarations with the same `key` are the same option to a reader, even
/// where their short letters differ between commands.
package struct OptionSpec: Sendable {
    /// The name after the two dashes.
    package var long: String
    /// One ASCII character, or nil.
    package var short: Character?
    package var kind: OptionKind
    /// What help prints for the value; nil for a bool.
    package var valueName: String?
    /// The value when the option is not given, as text. Lists and maps: always empty.
    package var defaultText: String
    package var help: String
    package var group: OptionGroup = .common
    package var isHidden = false
    /// Said on standard error when the option is given: one line.
    package var deprecation: String?
    package var status: OptionStatus = .works
    /// Where the value is stored: another option's `long` for an old spelling, else the option's own.
    package var key: String
    /// What may be completed as a value.
    package var completes: CompletionSource = .nothing

    package init(
        _ long: String, _ short: Character? = nil, _ kind: OptionKind, default defaultText: String,
        valueName: String?, _ help: String
    ) {
        self.long = long
        self.short = short
        self.kind = kind
        self.defaultText = defaultText
        self.valueName = valueName
        self.help = help
        self.key = long
    }
}

extension OptionSpec {
    /// Whether any use of the option is refused.
    package var isLater: Bool {
        if case .notYet = status { true } else { false }
    }
}

/// How an option's text becomes a value, and whether it may be given more than once.
package enum OptionKind: Equatable, Sendable {
    /// Takes no separate word; `--x=false` and the other words of strconv.ParseBool.
    case bool
    case string(ValueCheck = .anything)
    /// Repeatable.
    case list(ValueCheck = .anything)
    /// Repeatable, and each value is split at its commas.
    case csvList
    /// Repeatable `KEY=VALUE`; the last value of a key counts.
    case map(ValueCheck = .anything)
    /// Signed, in any base Go reads (`0x10`, `0o17`, `1_000`).
    case int(ClosedRange<Int64>)
    /// Unsigned, at most this.
    case uint(UInt64)
    /// A decimal number with at most nine digits after the point; read in billionths.
    case decimal
    /// A size with b, k, m, g, t, p; read in bytes. `-1` is allowed where it means "no limit".
    case bytes(allowsMinusOne: Bool)
    /// Go's durations (`1m30s`); read in nanoseconds.
    case duration
    /// An IPv4 or IPv6 address.
    case ip

    package var isRepeatable: Bool {
        switch self {
        case .list, .csvList, .map: true
        default: false
        }
    }
}

/// What is done with an option that was given.
package enum OptionStatus: Equatable, Sendable {
    case works
    /// Accepted in silence, without effect.
    case ignored
    /// Accepted with this line on standard error, without effect.
    case ignoredWithWarning(String)
    /// Refused with this reason, unless the given value is the default.
    case notYet(String)
    /// These values work (a trailing `*` stands for anything); others are refused with this reason.
    case only([String], otherwise: String)
}

/// The headings of a long help text, in this order.
package enum OptionGroup: String, CaseIterable, Sendable {
    case common = "Common"
    case process = "Process"
    case environment = "Environment"
    case files = "Files and mounts"
    case network = "Network"
    case security = "Security"
    case resources = "Resources"
    case health = "Health"
    case logging = "Logging"
}

/// What a shell may offer for an operand or a value.
package enum CompletionSource: Equatable, Sendable {
    case nothing, files, directories, containers, images, networks, volumes
    case words([String])
}
