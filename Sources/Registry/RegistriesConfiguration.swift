internal import LinuxSys
package import Primitives

/// What registries.conf says: where registries really are, which are mirrored, insecure or blocked, and what short names
/// stand for. Spec: containers-registries.conf(5), version 2. A short name without an alias is Docker Hub's, always.
package struct RegistriesConfiguration: Equatable, Sendable {
    static let rulesMax = 1000
    static let aliasesMax = 10_000

    /// By prefix; of two files the later one's counts.
    private(set) var rules: [RegistryRule] = []
    private(set) var aliases: [String: String] = [:]

    package init() {}

    /// The files of an environment: one main file, then `registries.conf.d` of the system and of the user by name.
    /// - Throws: `.invalid` naming file and line.
    package static func load(_ environment: (String) -> String?) throws(Failure) -> RegistriesConfiguration {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        let user = (value("XDG_CONFIG_HOME") ?? value("HOME").map { "\($0)/.config" }).map { "\($0)/containers" }
        var out = RegistriesConfiguration()
        if let path = value("CONTAINERS_REGISTRIES_CONF") ?? value("REGISTRIES_CONFIG_PATH") {
            try out.add(path: path)
        } else if let path = user.map({ "\($0)/registries.conf" }), HostFile.exists(path) {
            try out.add(path: path)
        } else {
            for path in ["/etc/containers/registries.conf", "/usr/share/containers/registries.conf"] where HostFile.exists(path) {
                try out.add(path: path)
                break
            }
        }
        for folder in ["/etc/containers", user].compactMap({ $0 }) { try out.add(folder: "\(folder)/registries.conf.d") }
        return out
    }

    private mutating func add(folder: String) throws(Failure) {
        guard HostFile.isDirectory(folder) else { return }
        for name in try Directory.open(folder).names().sorted() where name.hasSuffix(".conf") { try add(path: "\(folder)/\(name)") }
    }

    private mutating func add(path: String) throws(Failure) {
        let bytes = try HostFile.read(path, limit: TOML.bytesMax)
        do throws(Failure) { try add(bytes) } catch { throw Failure(.invalid, "\"\(path)\": \(error.message)") }
    }

    /// One file's content; what it says counts before what was said.
    package mutating func add(_ bytes: [UInt8]) throws(Failure) {
        let root = TOMLReader(try TOML.parse(bytes))
        for (number, table) in try root.tables("registry", max: Self.rulesMax).enumerated() {
            let rule = try doing("registry \(number + 1)") { () throws(Failure) in try RegistryRule(table) }
            rules.removeAll { $0.prefix == rule.prefix }
            rules.append(rule)
        }
        try addFirstVersion(root)
        guard rules.count <= Self.rulesMax else { throw Failure(.invalid, "more than \(Self.rulesMax) registries") }
        for member in root.table["aliases"]?.table?.members ?? [] {
            guard let name = member.value.string else { throw Failure(.invalid, "the alias \(Shown.quoted(member.key)) is no text") }
            // Empty takes an earlier file's alias back.
            aliases[member.key] = name.isEmpty ? nil : try Self.checked(name, member.key)
        }
        guard aliases.count <= Self.aliasesMax else { throw Failure(.invalid, "more than \(Self.aliasesMax) aliases") }
    }

    private static func checked(_ name: String, _ alias: String) throws(Failure) -> String {
        let wrong = Failure(
            .invalid, "the alias \(Shown.quoted(alias)) stands for \(Shown.quoted(name)), which is no full name without a tag")
        guard let reference = try? ImageReference(name, defaultTag: nil), reference.tag == nil, reference.digest == nil,
            reference.name == name || name.hasPrefix("docker.io/"), !alias.utf8.contains(0x3A),
            !alias.utf8.contains(0x40)
        else { throw wrong }
        return name
    }

    /// The old form, which old hosts still have: lists of insecure and of blocked registries.
    private mutating func addFirstVersion(_ root: TOMLReader) throws(Failure) {
        for (key, word) in [("insecure", "insecure"), ("block", "blocked")] {
            guard let table = root.table["registries"]?[key]?.table else { continue }
            for host in try TOMLReader(table).strings("registries", max: Self.rulesMax) {
                let rule = try RegistryRule(["location": .string(host), word: .bool(true)])
                if let index = rules.firstIndex(where: { $0.prefix == rule.prefix }) {
                    rules[index].isInsecure = rules[index].isInsecure || rule.isInsecure
                    rules[index].isBlocked = rules[index].isBlocked || rule.isBlocked
                } else {
                    rules.append(rule)
                }
            }
        }
    }

    // MARK: what it says of a name

    /// What a person's short name stands for: the alias with the tag or digest that was given, or `nil`.
    package func expand(_ text: String) -> String? {
        let end = text.utf8.firstIndex { $0 == 0x3A || $0 == 0x40 } ?? text.endIndex
        return aliases[String(text[..<end])].map { $0 + text[end...] }
    }

    /// One place where an image may be.
    package struct Source: Equatable, Sendable {
        package var reference: ImageReference
        package var isInsecure: Bool
        package var isMirror: Bool
    }

    private func rule(_ name: String) -> (rule: RegistryRule, covered: Int)? {
        var best: (rule: RegistryRule, covered: Int)?
        for rule in rules {
            guard let covered = rule.covers(name) else { continue }
            // A wild card is less than any prefix of its length.
            let length = rule.prefix.utf8.count
            if best == nil || length > best?.rule.prefix.utf8.count ?? 0 { best = (rule, covered) }
        }
        return best
    }

    /// Where to read an image, best first: mirrors, then the registry itself.
    /// - Throws: `.denied` for a blocked registry; `.invalid` when a rule makes no name of it.
    package func sources(of reference: ImageReference) throws(Failure) -> [Source] {
        guard let (rule, covered) = rule(reference.canonical) else {
            return [Source(reference: reference, isInsecure: false, isMirror: false)]
        }
        let itself = try primary(reference, rule, covered)
        var out: [Source] = []
        for mirror in rule.mirrors where mirror.serves(reference) {
            let name = try Self.rewritten(reference, mirror.location, covered)
            out.append(Source(reference: name, isInsecure: mirror.isInsecure, isMirror: true))
        }
        return out + [itself]
    }

    /// Whether a registry as a whole may be without TLS.
    func isInsecure(domain: String) -> Bool { rule("\(domain)/")?.rule.isInsecure ?? false }

    /// Where to write an image: never a mirror.
    package func target(of reference: ImageReference) throws(Failure) -> Source {
        guard let (rule, covered) = rule(reference.canonical) else {
            return Source(reference: reference, isInsecure: false, isMirror: false)
        }
        return try primary(reference, rule, covered)
    }

    private func primary(_ reference: ImageReference, _ rule: RegistryRule, _ covered: Int) throws(Failure) -> Source {
        if rule.isBlocked {
            throw Failure(
                .denied, "registry \(Shown.quoted(rule.prefix)) is blocked in registries.conf: \"\(reference.familiar)\" is not asked for")
        }
        let name = rule.location.isEmpty || rule.location == rule.prefix ? reference : try Self.rewritten(reference, rule.location, covered)
        return Source(reference: name, isInsecure: rule.isInsecure, isMirror: false)
    }

    /// The location in place of the first `covered` bytes of the name.
    private static func rewritten(_ reference: ImageReference, _ location: String, _ covered: Int) throws(Failure) -> ImageReference {
        let name = location + String(decoding: reference.canonical.utf8.dropFirst(covered), as: UTF8.self)
        return try doing("registries.conf: \"\(reference.familiar)\" becomes \(Shown.quoted(name))") { () throws(Failure) in
            try ImageReference(name, defaultTag: nil)
        }
    }
}
