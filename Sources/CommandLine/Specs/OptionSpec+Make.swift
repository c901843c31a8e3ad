/// Short ways to declare an option. The value names are the ones docker's help prints.
extension OptionSpec {
    package static func bool(
        _ long: String, short: Character? = nil, default on: Bool = false, _ help: String
    ) -> OptionSpec {
        OptionSpec(long, short, .bool, default: on ? "true" : "false", valueName: nil, help)
    }

    package static func string(
        _ long: String, short: Character? = nil, default text: String = "", as valueName: String = "string",
        check: ValueCheck = .anything, _ help: String
    ) -> OptionSpec {
        OptionSpec(long, short, .string(check), default: text, valueName: valueName, help)
    }

    package static func list(
        _ long: String, short: Character? = nil, as valueName: String = "list", check: ValueCheck = .anything,
        _ help: String
    ) -> OptionSpec {
        OptionSpec(long, short, .list(check), default: "", valueName: valueName, help)
    }

    package static func csvList(_ long: String, as valueName: String = "strings", _ help: String) -> OptionSpec {
        OptionSpec(long, nil, .csvList, default: "", valueName: valueName, help)
    }

    package static func map(_ long: String, short: Character? = nil, check: ValueCheck = .anything, _ help: String) -> OptionSpec {
        OptionSpec(long, short, .map(check), default: "", valueName: "map", help)
    }

    package static func int(
        _ long: String, short: Character? = nil, default number: Int64 = 0,
        in range: ClosedRange<Int64> = Int64.min...Int64.max, _ help: String
    ) -> OptionSpec {
        OptionSpec(long, short, .int(range), default: "\(number)", valueName: "int", help)
    }

    package static func uint(_ long: String, max: UInt64, as valueName: String, _ help: String) -> OptionSpec {
        OptionSpec(long, nil, .uint(max), default: "0", valueName: valueName, help)
    }

    package static func decimal(_ long: String, _ help: String) -> OptionSpec {
        OptionSpec(long, nil, .decimal, default: "0", valueName: "decimal", help)
    }

    package static func bytes(
        _ long: String, short: Character? = nil, allowsMinusOne: Bool = false, _ help: String
    ) -> OptionSpec {
        OptionSpec(long, short, .bytes(allowsMinusOne: allowsMinusOne), default: "0", valueName: "bytes", help)
    }

    package static func duration(_ long: String, _ help: String) -> OptionSpec {
        OptionSpec(long, nil, .duration, default: "0s", valueName: "duration", help)
    }

    package static func ip(_ long: String, _ help: String) -> OptionSpec {
        OptionSpec(long, nil, .ip, default: "", valueName: "string", help)
    }
}

/// Changes to a declaration, so that each stays one expression.
extension OptionSpec {
    package func hidden() -> OptionSpec { changed { $0.isHidden = true } }

    package func shown() -> OptionSpec { changed { $0.isHidden = false } }

    /// - Parameter advice: `use --timeout instead`.
    package func deprecated(_ advice: String) -> OptionSpec {
        changed {
            $0.deprecation = "Flag --\($0.long) has been deprecated, \(advice)"
            $0.isHidden = true
        }
    }

    package func status(_ status: OptionStatus) -> OptionSpec { changed { $0.status = status } }

    package func notYet(_ reason: String) -> OptionSpec { status(.notYet(reason)) }

    package func only(_ values: String..., otherwise reason: String) -> OptionSpec {
        status(.only(values, otherwise: reason))
    }

    /// An old spelling: the value is read with `other`.
    package func meaning(_ other: OptionSpec) -> OptionSpec { changed { $0.key = other.key } }

    package func completing(_ source: CompletionSource) -> OptionSpec { changed { $0.completes = source } }

    private func changed(_ change: (inout OptionSpec) -> Void) -> OptionSpec {
        var copy = self
        change(&copy)
        return copy
    }
}

extension [OptionSpec] {
    /// The same options under one heading of a long help text.
    package func grouped(_ group: OptionGroup) -> [OptionSpec] {
        map {
            var option = $0
            option.group = group
            return option
        }
    }

    /// The same options, refused for one reason until a later release.
    package func notYet(_ reason: String) -> [OptionSpec] { map { $0.notYet(reason) } }
}
