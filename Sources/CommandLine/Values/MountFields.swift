import Primitives

/// One `--mount` as typed: comma separated fields, checked as docker's client checks them. Whether the type exists and
/// the paths make sense is not known here.
package struct MountFields: Equatable, Sendable {
    package enum Recursion: Equatable, Sendable {
        case enabled, disabled
        /// Mounts below stay writable although the bind is read-only.
        case writable
        /// Mounts below must become read-only, or the bind fails.
        case readOnly
    }

    /// In lower case.
    package private(set) var type = "volume"
    package private(set) var source = ""
    /// Never empty.
    package private(set) var target = ""
    package private(set) var isReadOnly = false
    package private(set) var consistency = ""
    package private(set) var bindPropagation = ""
    package private(set) var bindRecursion = Recursion.enabled
    /// A missing source is made.
    package private(set) var bindCreateSource = false
    package private(set) var volumeNoCopy = false
    /// `KEY=VALUE` each.
    package private(set) var volumeLabels: [String] = []
    package private(set) var volumeDriver = ""
    /// `KEY=VALUE` each.
    package private(set) var volumeOptions: [String] = []
    package private(set) var volumeSubpath = ""
    package private(set) var imageSubpath = ""
    package private(set) var tmpfsSizeBytes: Int64?
    /// Permission bits.
    package private(set) var tmpfsMode: UInt32?

    /// - Throws: `.invalid` with docker's reason.
    package init(_ text: String) throws(Failure) {
        var families: [String] = []
        for field in try csvFields(text) {
            let (name, value) = field.splitOnce("=")
            let key = name.lowercased()
            try set(key, value, field)
            if let family = Self.families.first(where: { key.hasPrefix($0 + "-") }) { families.append(family) }
        }
        try require(!type.isEmpty, "type is required")
        try require(!target.isEmpty, "target is required")
        for family in Self.families where families.contains(family) && family != type {
            throw Failure(.invalid, "cannot mix '\(family)-*' options with mount type '\(type)'")
        }
        try checkRecursion()
    }

    /// In the order in which a mixture is told.
    private static let families = ["volume", "image", "bind", "tmpfs"]

    private mutating func set(_ key: String, _ value: String?, _ field: String) throws(Failure) {
        guard let value else {
            switch key {
            case "readonly", "ro": isReadOnly = true
            case "volume-nocopy": volumeNoCopy = true
            case "bind-nonrecursive": bindRecursion = .disabled
            case "bind-create-src", "bind-create-host-path": bindCreateSource = true
            default: throw Failure(.invalid, "invalid field '\(field)' must be a key=value pair")
            }
            return
        }
        switch key {
        case "type": type = value.lowercased()
        case "source", "src": source = value
        case "target", "dst", "destination": target = value
        case "readonly", "ro": isReadOnly = try flag(key, value)
        case "consistency": consistency = value.lowercased()
        case "bind-propagation": bindPropagation = value.lowercased()
        case "bind-nonrecursive": bindRecursion = try flag(key, value) ? .disabled : .enabled
        case "bind-recursive": bindRecursion = try recursion(value)
        // The second is what docker's API calls it.
        case "bind-create-src", "bind-create-host-path": bindCreateSource = try flag(key, value)
        case "volume-nocopy": volumeNoCopy = try flag(key, value)
        case "volume-label": volumeLabels.append(value)
        case "volume-driver": volumeDriver = value
        case "volume-opt": volumeOptions.append(value)
        case "volume-subpath": volumeSubpath = value
        case "image-subpath": imageSubpath = value
        case "tmpfs-size": tmpfsSizeBytes = try known(key, value, try? ByteSize.parse(value))
        case "tmpfs-mode": tmpfsMode = try known(key, value, UInt32(value, radix: 8).flatMap { $0 <= 0o7777 ? $0 : nil })
        default: throw Failure(.invalid, "unexpected key '\(key)' in '\(field)'")
        }
    }

    private func checkRecursion() throws(Failure) {
        switch bindRecursion {
        case .enabled, .disabled: break
        case .writable: try requireWith("writable", "readonly", isReadOnly)
        case .readOnly:
            try requireWith("readonly", "readonly", isReadOnly)
            try requireWith("readonly", "bind-propagation=rprivate", bindPropagation == "rprivate")
        }
    }

    private func requireWith(_ recursion: String, _ other: String, _ isGiven: Bool) throws(Failure) {
        try require(
            isGiven, "option 'bind-recursive=\(recursion)' requires '\(other)' to be specified in conjunction")
    }

    private func flag(_ key: String, _ value: String) throws(Failure) -> Bool {
        try known(key, value, try? boolValue(value))
    }

    /// The parser's own reason is not told, as in docker.
    private func known<T>(_ key: String, _ value: String, _ parsed: T?) throws(Failure) -> T {
        guard let parsed else { throw Failure(.invalid, "invalid value for \(key): \(value)") }
        return parsed
    }

    private func recursion(_ value: String) throws(Failure) -> Recursion {
        switch value {
        case "enabled": return .enabled
        case "disabled": return .disabled
        case "writable": return .writable
        case "readonly": return .readOnly
        default:
            throw Failure(
                .invalid,
                "invalid value for bind-recursive: \(value) "
                    + "(must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")")
        }
    }
}
