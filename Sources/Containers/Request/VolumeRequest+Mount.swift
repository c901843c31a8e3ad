package import Primitives

extension VolumeRequest {
    /// `--mount type=…,source=…,target=…,…`; without a type it is a volume. A bind source of `.`, `..`, `./x` or `../x`
    /// starts at `workingDirectory`.
    /// - Throws: `.invalid` with docker's texts; `.unsupported` for volume drivers.
    package init(mount text: String, workingDirectory: String) throws(Failure) {
        var fields = MountDescription()
        for (key, value) in try mountFieldList(text) { try fields.set(key, value) }
        try fields.checkFamilies()
        self = try fields.request(workingDirectory: workingDirectory)
    }
}

/// The fields of `--mount` before they are known to fit together.
private struct MountDescription {
    private var type = "volume"
    private var source = ""
    private var target: String?
    private var families: Set<String> = []
    private var propagation: String?
    private var tmpfs = TmpfsOptions()
    /// What needs no further check.
    private var draft = VolumeRequest(.anonymous, target: "")

    mutating func set(_ key: String, _ value: String?) throws(Failure) {
        if let family = ["bind", "volume", "tmpfs", "image"].first(where: { key.hasPrefix($0 + "-") }) { families.insert(family) }
        switch key {
        case "readonly", "ro": draft.readOnly = try flag(key, value)
        case "volume-nocopy": draft.noCopy = try flag(key, value)
        case "bind-nonrecursive": draft.recursion = try flag(key, value) ? .disabled : .enabled
        // Other engines' names for the same wish.
        case "bind-create-src", "bind-create-host-path": draft.createSource = try flag(key, value)
        default:
            guard let value else { throw Failure(.invalid, "invalid field '\(key)' must be a key=value pair") }
            try set(key, to: value)
        }
    }

    private mutating func set(_ key: String, to value: String) throws(Failure) {
        switch key {
        case "type": type = value.lowercased()
        case "source", "src": source = value
        case "target", "dst", "destination": target = value
        case "consistency": draft.consistency = value.lowercased()
        case "bind-propagation": propagation = value.lowercased()
        case "bind-recursive": draft.recursion = try recursion(value)
        case "volume-driver":
            guard value.isEmpty || value == "local" else {
                throw Failure(.unsupported, "volume driver \(value.quoted): only \"local\" volumes exist")
            }
        case "volume-label": draft.volumeLabels.append(KeyValue(value))
        case "volume-opt": draft.volumeOptions.append(KeyValue(value))
        case "volume-subpath", "image-subpath": draft.subpath = value
        case "tmpfs-size": tmpfs.sizeBytes = try known(key, value, try? ByteSize.parse(value))
        case "tmpfs-mode": tmpfs.mode = try known(key, value, UInt32(value, radix: 8).flatMap { $0 <= 0o7777 ? $0 : nil })
        default: throw Failure(.invalid, "unexpected key '\(key)' in '\(key)=\(value)'")
        }
    }

    func checkFamilies() throws(Failure) {
        guard !type.isEmpty else { throw Failure(.invalid, "type is required") }
        guard target?.isEmpty == false else { throw Failure(.invalid, "target is required") }
        if let family = ["volume", "image", "bind", "tmpfs"].first(where: { families.contains($0) && $0 != type }) {
            throw Failure(.invalid, "cannot mix '\(family)-*' options with mount type '\(type)'")
        }
        if [.writable, .readOnly].contains(draft.recursion) {
            let word = draft.recursion == .writable ? "writable" : "readonly"
            try requireWith(word, "readonly", draft.readOnly)
            try requireWith(word, "bind-propagation=rprivate", draft.recursion == .writable || propagation == "rprivate")
        }
    }

    func request(workingDirectory: String) throws(Failure) -> VolumeRequest {
        var request = try doing("invalid mount config for type \"\(type)\"") { () throws(Failure) in
            var request = draft
            request.target = try VolumeRequest.checkedTarget(target ?? "")
            request.kind = try kind(workingDirectory)
            request.subpath = try checkedSubpath(request)
            if let propagation, !request.setPropagation(propagation) {
                throw Failure(.invalid, "invalid propagation mode: \(propagation)")
            }
            request.propagationText = propagation ?? ""
            return request
        }
        switch request.kind {
        case .volume(let name): try VolumeRequest.checkVolumeName(name)
        case .image: request.readOnly = true
        default: break
        }
        return request
    }

    private func kind(_ workingDirectory: String) throws(Failure) -> VolumeRequest.Kind {
        switch type {
        case "bind":
            guard !source.isEmpty else { throw Failure(.invalid, "field Source must not be empty") }
            let isRelative = [".", ".."].contains(source) || source.hasPrefix("./") || source.hasPrefix("../")
            let path = isRelative ? workingDirectory + "/" + source : source
            try VolumeRequest.checkAbsolute(path)
            return .bind(source: cleanPath(path))
        case "volume":
            if !source.isEmpty { return .volume(name: source) }
            if draft.readOnly { throw Failure(.invalid, "must not set ReadOnly mode when using anonymous volumes") }
            return .anonymous
        case "tmpfs":
            guard source.isEmpty else { throw Failure(.invalid, "field Source must not be specified") }
            var options = tmpfs
            if draft.readOnly { options.flags.insert(.readOnly) }
            return .tmpfs(options)
        case "image":
            guard !source.isEmpty else { throw Failure(.invalid, "field Source must not be empty") }
            return .image(reference: source)
        default:
            throw Failure(.invalid, "mount type unknown")
        }
    }

    private func checkedSubpath(_ request: VolumeRequest) throws(Failure) -> String {
        if request.subpath.isEmpty { return "" }
        if request.kind == .anonymous { throw Failure(.invalid, "must not set Subpath when using anonymous volumes") }
        let clean = cleanPath(request.subpath)
        guard !clean.isAbsolutePath, clean.parts("/").first != "..", !clean.utf8.contains(0) else {
            throw Failure(.invalid, "subpath must be a relative path within the volume")
        }
        return clean == "." ? "" : clean
    }

    private func flag(_ key: String, _ value: String?) throws(Failure) -> Bool {
        guard let value else { return true }
        return try known(key, value, parsedBool(value))
    }

    private func known<T>(_ key: String, _ value: String, _ parsed: T?) throws(Failure) -> T {
        guard let parsed else { throw Failure(.invalid, "invalid value for \(key): \(value)") }
        return parsed
    }

    private func recursion(_ value: String) throws(Failure) -> VolumeRequest.Recursion {
        switch value {
        case "enabled": return .enabled
        case "disabled": return .disabled
        case "writable": return .writable
        case "readonly": return .readOnly
        default:
            let words = "must be \"enabled\", \"disabled\", \"writable\", or \"readonly\""
            throw Failure(.invalid, "invalid value for bind-recursive: \(value) (\(words))")
        }
    }

    private func requireWith(_ recursion: String, _ other: String, _ isGiven: Bool) throws(Failure) {
        guard isGiven else {
            throw Failure(
                .invalid, "option 'bind-recursive=\(recursion)' requires '\(other)' to be specified in conjunction")
        }
    }
}
