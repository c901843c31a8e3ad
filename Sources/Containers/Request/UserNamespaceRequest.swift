package import Primitives

/// `--userns`, `--uidmap`, `--gidmap`, `--subuidname` and `--subgidname`: docker's words, and podman's.
package struct UserNamespaceRequest: Equatable, Sendable {
    package enum Mode: Equatable, Sendable {
        /// Nothing was said.
        case standard
        case host
        /// The caller is this user inside; `nil`: his own numbers.
        case keepID(uid: UInt32?, gid: UInt32?)
        case nomap
        /// Ids of its own, which no other container has.
        case auto(size: UInt32?, users: [IdMapping], groups: [IdMapping])
        case maps(users: [IdMapping], groups: [IdMapping])
        /// Ranges of another entry of /etc/subuid and /etc/subgid.
        case names(user: String?, group: String?)
    }

    package var mode = Mode.standard
    /// As typed, for inspect.
    package var text = ""

    package init() {}

    /// One `[+ug]INSIDE:[@]OUTSIDE[:COUNT]`.
    package struct IdMapping: Equatable, Sendable {
        package var inside: UInt32
        package var outside: UInt32
        package var count: UInt32
        /// `@`: the second number is an id of the host.
        package var isHost = false
        /// `+`: what is left over of the user's ids fills the gaps.
        package var extends = false
        /// `u`, `g`: for users or groups alone.
        package var forUsers = true
        package var forGroups = true
    }

    package init(userns: String, uidmap: [String], gidmap: [String], subuidname: String, subgidname: String) throws(Failure) {
        text = userns
        let maps = !uidmap.isEmpty || !gidmap.isEmpty || !subuidname.isEmpty || !subgidname.isEmpty
        if maps {
            if !userns.isEmpty, userns != "private" {
                throw Failure(.invalid, "--userns and --uidmap/--gidmap/--subuidname/--subgidname are mutually exclusive")
            }
            text = "private"
            if uidmap.isEmpty, gidmap.isEmpty {
                mode = .names(user: subuidname.isEmpty ? nil : subuidname, group: subgidname.isEmpty ? nil : subgidname)
                return
            }
            if !subuidname.isEmpty || !subgidname.isEmpty {
                throw Failure(.unsupported, "--subuidname and --subgidname together with maps are not there yet")
            }
            mode = .maps(users: try Self.mappings(uidmap, "UID"), groups: try Self.mappings(gidmap, "GID"))
            return
        }
        mode = try Self.mode(userns)
    }

    private static func mode(_ text: String) throws(Failure) -> Mode {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let options = parts.count > 1 && !parts[1].isEmpty ? parts[1].split(separator: ",").map(String.init) : []
        switch parts[0] {
        case "" where parts.count == 1: return .standard
        case "private" where parts.count == 1: return .standard
        case "host" where parts.count == 1: return .host
        case "nomap" where parts.count == 1: return .nomap
        case "keep-id": return try keepID(options)
        case "auto": return try auto(options)
        case "container", "ns": throw Failure(.unsupported, "--userns=\(parts[0]): joining another user namespace is not there yet")
        default: throw Failure(.invalid, "--userns: invalid USER mode")
        }
    }

    private static func keepID(_ options: [String]) throws(Failure) -> Mode {
        var (uid, gid): (UInt32?, UInt32?)
        for option in options {
            if let value = value(option, "uid=") {
                uid = try number(value)
            } else if let value = value(option, "gid=") {
                gid = try number(value)
            } else {
                throw Failure(.invalid, "invalid option specified: \(JSON.string(option).compact())")
            }
        }
        return .keepID(uid: uid, gid: gid)
    }

    private static func auto(_ options: [String]) throws(Failure) -> Mode {
        var size: UInt32?
        var (users, groups): ([IdMapping], [IdMapping]) = ([], [])
        for option in options {
            if let value = value(option, "size=") {
                size = try number(value)
            } else if let value = value(option, "uidmapping=") {
                users += try mappings([value], "UID")
            } else if let value = value(option, "gidmapping=") {
                groups += try mappings([value], "GID")
            } else {
                let name = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? option
                throw Failure(.invalid, "unknown option specified: \(JSON.string(name).compact())")
            }
        }
        if size == 0 { throw Failure(.invalid, "--userns=auto: the size must not be 0") }
        return .auto(size: size, users: users, groups: groups)
    }

    private static func value(_ option: String, _ name: String) -> String? {
        option.utf8.starts(with: name.utf8) ? String(option.dropFirst(name.count)) : nil
    }

    private static func number(_ text: String) throws(Failure) -> UInt32 {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Failure(.invalid, "strconv.ParseUint: parsing \(JSON.string(text).compact()): invalid syntax")
        }
        guard let value = UInt32(text), value < .max else {
            throw Failure(.invalid, "strconv.ParseUint: parsing \(JSON.string(text).compact()): value out of range")
        }
        return value
    }

    /// - Parameter what: `UID` or `GID`, for the message.
    static func mappings(_ texts: [String], _ what: String) throws(Failure) -> [IdMapping] {
        var out: [IdMapping] = []
        for text in texts.flatMap({ $0.split(separator: ",").map(String.init) }) { out.append(try mapping(text, what)) }
        return out
    }

    private static func mapping(_ text: String, _ what: String) throws(Failure) -> IdMapping {
        var mapping = IdMapping(inside: 0, outside: 0, count: 1)
        var rest = text[...]
        var (users, groups) = (false, false)
        while let flag = rest.first, "+ug".contains(flag) {
            switch flag {
            case "+": mapping.extends = true
            case "u": users = true
            default: groups = true
            }
            rest.removeFirst()
        }
        if users != groups { (mapping.forUsers, mapping.forGroups) = (users, groups) }
        let malformed = Failure(
            .invalid,
            "initializing ID mappings: \(what) setting is malformed expected [\"uint32:uint32:uint32\"]: [\(JSON.string(text).compact())]")
        var parts = rest.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 || parts.count == 3 else { throw malformed }
        if parts[1].utf8.first == UInt8(ascii: "@") {
            mapping.isHost = true
            parts[1].removeFirst()
        }
        func id(_ text: String) throws(Failure) -> UInt32 {
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = UInt32(text) else { throw malformed }
            return value
        }
        (mapping.inside, mapping.outside) = (try id(parts[0]), try id(parts[1]))
        if parts.count == 3 { mapping.count = try id(parts[2]) }
        return mapping
    }
}
