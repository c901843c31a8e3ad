internal import Primitives

/// One `[[registry]]` of registries.conf. Spec: containers-registries.conf(5), version 2.
struct RegistryRule: Equatable, Sendable {
    struct Mirror: Equatable, Sendable {
        enum Pulls: String, Sendable {
            case all
            case digestOnly = "digest-only"
            case tagOnly = "tag-only"
        }
        var location: String
        var isInsecure = false
        var pulls = Pulls.all

        func serves(_ reference: ImageReference) -> Bool {
            switch pulls {
            case .all: true
            case .digestOnly: reference.digest != nil
            case .tagOnly: reference.digest == nil
            }
        }
    }

    /// `host[:port][/path…]`, or `*.domain`.
    var prefix: String
    /// Where it really is; empty: there.
    var location = ""
    var isInsecure = false
    var isBlocked = false
    var mirrors: [Mirror] = []

    static let mirrorsMax = 32

    /// - Throws: `.invalid` saying what is wrong.
    init(_ table: TOML.Table) throws(Failure) {
        let reader = TOMLReader(table)
        location = try Self.location(try reader.string("location"))
        prefix = try reader.string("prefix")
        if prefix.isEmpty { prefix = location }
        let isWild = prefix.hasPrefix("*.")
        try Self.check(isWild ? String(prefix.dropFirst(2)) : prefix, "prefix")
        guard !isWild || !prefix.utf8.contains(0x2F) else {
            throw Failure(.invalid, "prefix \(Shown.quoted(prefix)): \"*.\" stands for hosts only")
        }
        isInsecure = try reader.bool("insecure")
        isBlocked = try reader.bool("blocked")
        let digestOnly = try reader.bool("mirror-by-digest-only")
        for (number, entry) in try reader.tables("mirror", max: Self.mirrorsMax).enumerated() {
            mirrors.append(
                try doing("mirror \(number + 1)") { () throws(Failure) in
                    let reader = TOMLReader(entry)
                    var mirror = Mirror(location: try Self.location(try reader.string("location")))
                    if mirror.location.isEmpty { throw Failure(.invalid, "\"location\" is missing") }
                    mirror.isInsecure = try reader.bool("insecure")
                    let pulls = try reader.string("pull-from-mirror")
                    if !pulls.isEmpty {
                        guard let known = Mirror.Pulls(rawValue: pulls) else {
                            throw Failure(
                                .invalid, "pull-from-mirror \(Shown.quoted(pulls)): expected \"all\", \"digest-only\" or \"tag-only\"")
                        }
                        mirror.pulls = known
                    } else if digestOnly {
                        mirror.pulls = .digestOnly
                    }
                    return mirror
                })
        }
    }

    private static func location(_ text: String) throws(Failure) -> String {
        var text = text[...]
        while text.utf8.last == 0x2F { text = text.dropLast() }
        if !text.isEmpty { try check(String(text), "location") }
        return String(text)
    }

    /// The beginning of an image's name, domain included.
    private static func check(_ text: String, _ what: String) throws(Failure) {
        if text.utf8.contains(0x2F) {
            // A name with a tag or digest rewrites a single image.
            do throws(Failure) { _ = try ImageReference(text) } catch {
                throw Failure(.invalid, "\(what) \(Shown.quoted(text)): \(error.message)")
            }
            let first = text.prefix { $0 != "/" }
            if WebAddress(.https, authority: String(first)) != nil { return }
        } else if WebAddress(.https, authority: text) != nil {
            return
        }
        throw Failure(.invalid, "\(what) \(Shown.quoted(text)): expected host[:port][/path], without a scheme")
    }

    /// How many bytes of `name` the prefix covers; `nil` when it does not match.
    /// - Parameter name: `domain/path[:tag][@digest]`.
    func covers(_ name: String) -> Int? {
        let name = Array(name.utf8)
        guard prefix.hasPrefix("*.") else {
            let wanted = Array(prefix.utf8)
            guard name.starts(with: wanted) else { return nil }
            // The next byte begins another part of the name: `a/b` covers `a/b/c` and `a/b:1`, not `a/bc`.
            guard name.count > wanted.count else { return wanted.count }
            let isPath = wanted.contains(0x2F)
            let next = name[wanted.count]
            // After a bare host a colon begins a port, which makes another host of it.
            return next == 0x2F || (isPath && (next == 0x3A || next == 0x40)) ? wanted.count : nil
        }
        let end = name.firstIndex(of: 0x2F) ?? name.count
        let host = name[..<end]
        let suffix = Array(prefix.utf8.dropFirst(1))
        return host.count > suffix.count && host.suffix(suffix.count).elementsEqual(suffix) ? end : nil
    }
}

/// Typed members of a table.
struct TOMLReader {
    let table: TOML.Table
    init(_ table: TOML.Table) { self.table = table }

    func string(_ key: String) throws(Failure) -> String {
        guard let value = table[key] else { return "" }
        guard let string = value.string else { throw Failure(.invalid, "\"\(key)\" is no text") }
        return string
    }

    func bool(_ key: String) throws(Failure) -> Bool {
        guard let value = table[key] else { return false }
        guard let bool = value.bool else { throw Failure(.invalid, "\"\(key)\" is neither true nor false") }
        return bool
    }

    func tables(_ key: String, max: Int) throws(Failure) -> [TOML.Table] {
        guard let value = table[key] else { return [] }
        guard let array = value.array, array.count <= max else {
            throw Failure(.invalid, "\"\(key)\" is no array of at most \(max) tables")
        }
        var out: [TOML.Table] = []
        for element in array {
            guard let table = element.table else { throw Failure(.invalid, "\"\(key)\" holds something else than tables") }
            out.append(table)
        }
        return out
    }

    func strings(_ key: String, max: Int) throws(Failure) -> [String] {
        guard let value = table[key] else { return [] }
        guard let array = value.array, array.count <= max else { throw Failure(.invalid, "\"\(key)\" is no array of at most \(max) texts") }
        var out: [String] = []
        for element in array {
            guard let string = element.string else { throw Failure(.invalid, "\"\(key)\" holds something else than texts") }
            out.append(string)
        }
        return out
    }
}
