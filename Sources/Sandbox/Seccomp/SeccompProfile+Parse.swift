package import Primitives

extension SeccompProfile {
    /// Largest text of a profile in bytes, and the most names of calls in all its rules.
    package static let sizeMax = 1 << 20
    static let namesMax = 16384

    /// Reads docker's JSON format.
    /// - Throws: `.invalid` with the member that is wrong; `.unsupported` for what needs a listening agent.
    package static func parse(_ text: [UInt8]) throws(Failure) -> SeccompProfile {
        try doing("decoding seccomp profile failed") { () throws(Failure) in
            guard text.count <= sizeMax else { throw Failure(.invalid, "larger than \(sizeMax) bytes") }
            let json: JSON
            do throws(Failure) { json = try JSON.parse(text) } catch { throw Failure(.invalid, error.message) }
            guard json.object != nil else { throw Failure(.invalid, "not a JSON object") }
            return try Reader(json).profile()
        }
    }
}

/// One object of the document; `place` names it in errors.
private struct Reader {
    let json: JSON
    let place: String

    init(_ json: JSON, _ place: String = "") { (self.json, self.place) = (json, place) }

    func wrong(_ member: String, _ why: String) -> Failure {
        Failure(.invalid, "\(place.isEmpty ? "" : place + ".")\(member): \(why)")
    }

    /// `nil` when absent or null.
    func member(_ name: String) -> JSON? {
        guard let value = json[name], !value.isNull else { return nil }
        return value
    }
    func string(_ name: String) throws(Failure) -> String? {
        guard let value = member(name) else { return nil }
        guard let text = value.string else { throw wrong(name, "not a string") }
        return text
    }
    func strings(_ name: String) throws(Failure) -> [String] {
        guard let value = member(name) else { return [] }
        guard let list = value.strings else { throw wrong(name, "not a list of strings") }
        return list
    }
    func number(_ name: String, max: UInt64) throws(Failure) -> UInt64? {
        guard let value = member(name) else { return nil }
        guard let int = value.int, int >= 0, UInt64(int) <= max else { throw wrong(name, "not a whole number from 0 to \(max)") }
        return UInt64(int)
    }
    func objects(_ name: String) throws(Failure) -> [Reader] {
        guard let value = member(name) else { return [] }
        guard let list = value.array else { throw wrong(name, "not a list") }
        var out: [Reader] = []
        for (index, element) in list.enumerated() {
            guard element.object != nil else { throw wrong("\(name)[\(index)]", "not an object") }
            out.append(Reader(element, "\(place.isEmpty ? "" : place + ".")\(name)[\(index)]"))
        }
        return out
    }
    func quoted(_ text: String) -> String { JSON.string(String(text.prefix(80))).compact() }
}

extension Reader {
    func profile() throws(Failure) -> SeccompProfile {
        guard member("defaultAction") != nil else { throw wrong("defaultAction", "missing") }
        let action = try action("defaultAction", errno: "defaultErrnoRet")
        guard try string("listenerPath") ?? "" == "" else {
            throw Failure(.unsupported, "listenerPath: listening agents are not supported")
        }
        // None of them changes what is allowed: they ask for logs, for synchronised threads, for CPU mitigations.
        let flags: Set<String> = ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"]
        for flag in try strings("flags") where !flags.contains(flag) { throw wrong("flags", "unknown flag \(quoted(flag))") }
        var profile = SeccompProfile(defaultAction: action, architectures: [], rules: [])
        for name in try strings("architectures") { profile.architectures.append(try architecture(name, "architectures")) }
        for entry in try objects("archMap") {
            guard let native = try entry.string("architecture") else { throw entry.wrong("architecture", "missing") }
            var others: [String] = []
            for name in try entry.strings("subArchitectures") { others.append(try entry.architecture(name, "subArchitectures")) }
            profile.architectureMap.append((try entry.architecture(native, "architecture"), others))
        }
        if !profile.architectures.isEmpty, !profile.architectureMap.isEmpty {
            throw Failure(
                .invalid,
                "both 'architectures' and 'archMap' are specified in the seccomp profile, use either 'architectures' or 'archMap'")
        }
        var names = 0
        for entry in try objects("syscalls") {
            let rule = try entry.rule()
            names += rule.names.count
            guard names <= SeccompProfile.namesMax else { throw wrong("syscalls", "more than \(SeccompProfile.namesMax) names") }
            profile.rules.append(rule)
        }
        return profile
    }

    func action(_ name: String, errno: String) throws(Failure) -> SeccompAction {
        guard let text = try string(name) else { throw wrong(name, "missing") }
        if text == "SCMP_ACT_NOTIFY" {
            throw Failure(.unsupported, wrong(name, "SCMP_ACT_NOTIFY needs a listening agent, which is not supported").message)
        }
        let code = try number(errno, max: UInt64(SeccompAction.errnoMax)).map { UInt16($0) }
        guard let action = SeccompAction(name: text, errnoReturn: code) else { throw wrong(name, "unknown action \(quoted(text))") }
        return action
    }

    func architecture(_ name: String, _ member: String) throws(Failure) -> String {
        let known: Set<String> = [
            "x86", "x86_64", "x32", "arm", "aarch64", "mips", "mips64", "mips64n32", "mipsel", "mipsel64", "mipsel64n32", "ppc", "ppc64",
            "ppc64le", "s390", "s390x", "parisc", "parisc64", "riscv64", "loongarch64", "m68k", "sh", "sheb",
        ]
        let short = name.hasPrefix("SCMP_ARCH_") ? String(name.dropFirst(10)).lowercased() : ""
        guard known.contains(short) else { throw wrong(member, "unknown architecture \(quoted(name))") }
        return short
    }

    func rule() throws(Failure) -> SeccompProfile.Rule {
        var names = try strings("names")
        if let name = try string("name"), !name.isEmpty {
            guard names.isEmpty else {
                throw Failure(.invalid, "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'")
            }
            names = [name]
        }
        for name in names where name.isEmpty || name.utf8.count > 64 || name.utf8.contains(0) {
            throw wrong("names", "no name of a system call: \(quoted(name))")
        }
        var rule = SeccompProfile.Rule(names: names, action: try action("action", errno: "errnoRet"))
        for entry in try objects("args") { rule.arguments.append(try entry.argument()) }
        rule.includes = try condition("includes")
        rule.excludes = try condition("excludes")
        return rule
    }

    func argument() throws(Failure) -> SeccompProfile.Argument {
        let operators: [String: SeccompProfile.Comparison] = [
            "SCMP_CMP_NE": .notEqual, "SCMP_CMP_LT": .less, "SCMP_CMP_LE": .lessOrEqual, "SCMP_CMP_EQ": .equal,
            "SCMP_CMP_GE": .greaterOrEqual, "SCMP_CMP_GT": .greater, "SCMP_CMP_MASKED_EQ": .maskedEqual,
        ]
        guard let name = try string("op") else { throw wrong("op", "missing") }
        guard let comparison = operators[name] else { throw wrong("op", "unknown operator \(quoted(name))") }
        return SeccompProfile.Argument(
            index: UInt32(try number("index", max: 5) ?? 0), value: try number("value", max: UInt64(Int64.max)) ?? 0,
            valueTwo: try number("valueTwo", max: UInt64(Int64.max)) ?? 0, comparison: comparison)
    }

    func condition(_ name: String) throws(Failure) -> SeccompProfile.Condition {
        guard let value = member(name) else { return SeccompProfile.Condition() }
        guard value.object != nil else { throw wrong(name, "not an object") }
        let reader = Reader(value, "\(place).\(name)")
        var condition = SeccompProfile.Condition(
            capabilities: try reader.strings("caps"), architectures: try reader.strings("arches"))
        if let text = try reader.string("minKernel"), !text.isEmpty {
            guard let version = KernelVersion(text) else {
                throw reader.wrong("minKernel", "invalid kernel version \(quoted(text)), expected \"MAJOR.MINOR\"")
            }
            condition.minimumKernel = version
        }
        return condition
    }
}
