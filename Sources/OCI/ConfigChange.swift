package import Primitives

/// One instruction as a Dockerfile has it, applied to the `config` member of an image's configuration: what `--change` of
/// `import` and `commit` takes.
package struct ConfigChange: Sendable {
    private let instruction: String
    private let rest: String

    /// - Throws: `.invalid` in docker's words.
    package init(_ text: String) throws(Failure) {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        instruction = parts.first.map { $0.uppercased() } ?? ""
        rest = parts.count > 1 ? String(parts[1]).trimmed : ""
        let known = ["CMD", "ENTRYPOINT", "ENV", "EXPOSE", "LABEL", "ONBUILD", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"]
        if instruction == "HEALTHCHECK" { throw Failure(.unsupported, "HEALTHCHECK is not there yet: containers have no health checks") }
        guard known.contains(instruction) else {
            throw Failure(.invalid, "\(Fields.quoted(instruction).dropFirst().dropLast()) is not a valid change command")
        }
        if rest.isEmpty { throw Failure(.invalid, "\(instruction) requires at least one argument") }
    }

    package func apply(to config: inout JSONObject) throws(Failure) {
        switch instruction {
        case "CMD": config["Cmd"] = .strings(list ?? ["/bin/sh", "-c", rest])
        case "ENTRYPOINT": config["Entrypoint"] = .strings(list ?? ["/bin/sh", "-c", rest])
        case "SHELL":
            guard let list else { throw Failure(.invalid, "SHELL requires the arguments to be in JSON form") }
            config["Shell"] = .strings(list)
        case "ENV":
            var variables = config["Env"]?.strings ?? []
            for (name, value) in try pairs() {
                variables.removeAll { $0.utf8.starts(with: "\(name)=".utf8) }
                variables.append("\(name)=\(value)")
            }
            config["Env"] = .strings(variables)
        case "LABEL":
            var labels = config["Labels"]?.object ?? [:]
            for (name, value) in try pairs() { labels[name] = .string(value) }
            config["Labels"] = .object(labels)
        case "EXPOSE":
            var keys: [String] = []
            for word in try words() { keys += try ports(word) }
            add(keys, to: "ExposedPorts", of: &config)
        case "VOLUME":
            if let list { add(list, to: "Volumes", of: &config) } else { add(try words(), to: "Volumes", of: &config) }
        case "ONBUILD": config["OnBuild"] = .strings((config["OnBuild"]?.strings ?? []) + [rest])
        case "STOPSIGNAL": config["StopSignal"] = .string(try single())
        case "USER": config["User"] = .string(try single())
        default: config["WorkingDir"] = .string(directory(try single(), below: config["WorkingDir"]?.string ?? ""))
        }
    }

    /// The JSON form: a list of texts.
    private var list: [String]? { rest.utf8.first == 0x5B ? (try? JSON.parse(Array(rest.utf8)))?.strings : nil }

    private func single() throws(Failure) -> String {
        let words = try words()
        guard words.count == 1 else { throw Failure(.invalid, "\(instruction) requires exactly one argument") }
        return words[0]
    }

    /// `NAME=VALUE NAME="VALUE WITH BLANKS"`, or the old form `NAME VALUE WITH BLANKS`.
    private func pairs() throws(Failure) -> [(name: String, value: String)] {
        let words = try words()
        if let first = words.first, !first.utf8.contains(0x3D) {
            guard words.count > 1 else { throw Failure(.invalid, "\(instruction) must have two arguments") }
            return [(first, String(rest.dropFirst(first.count)).trimmed)]
        }
        var pairs: [(name: String, value: String)] = []
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(.invalid, "Syntax error - can't find = in \(Fields.quoted(word)). Must be of the form: name=value")
            }
            pairs.append((String(parts[0]), String(parts[1])))
        }
        return pairs
    }

    /// Divided at blanks; quotes hold a word together, a backslash takes the next character as it is (in single quotes: itself).
    private func words() throws(Failure) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Unicode.Scalar?
        var escaped = false
        for scalar in rest.unicodeScalars {
            if escaped {
                word = (word ?? "") + String(scalar)
                escaped = false
            } else if scalar == "\\", quote != "'" {
                escaped = true
            } else if let open = quote {
                if scalar == open { quote = nil } else { word = (word ?? "") + String(scalar) }
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
                word = word ?? ""
            } else if scalar == " " || scalar == "\t" {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(scalar)
            }
        }
        if quote != nil { throw Failure(.invalid, "\(instruction): unexpected end of statement while looking for matching quote") }
        if let word { words.append(word) }
        return words
    }

    private func add(_ keys: [String], to member: String, of config: inout JSONObject) {
        var set = config[member]?.object ?? [:]
        for key in keys where set[key] == nil { set[key] = [:] }
        config[member] = .object(set)
    }

    /// `80`, `80/udp`, `8000-8002/tcp`.
    private func ports(_ text: String) throws(Failure) -> [String] {
        let wrong = Failure(.invalid, "Invalid containerPort: \(Fields.quoted(text).dropFirst().dropLast())")
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let kind = parts.count == 2 ? parts[1].lowercased() : "tcp"
        guard parts.count <= 2, ["tcp", "udp", "sctp"].contains(kind) else { throw wrong }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first > 0, first <= last else { throw wrong }
        return (first...last).map { "\($0)/\(kind)" }
    }

    private func directory(_ path: String, below current: String) -> String {
        let whole = path.utf8.first == 0x2F ? path : "\(current)/\(path)"
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\n" { text.unicodeScalars.removeLast() }
        while let first = text.unicodeScalars.first, first == " " || first == "\t" { text.unicodeScalars.removeFirst() }
        return String(text)
    }
}
