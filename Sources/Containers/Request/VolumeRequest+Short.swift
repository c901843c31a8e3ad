package import Primitives

extension VolumeRequest {
    /// `-v [SOURCE:]TARGET[:MODES]`: a source that begins with `.` starts at `workingDirectory`, another relative one
    /// names a volume, `~` means nothing.
    /// - Throws: `.invalid` with docker's texts.
    package init(short text: String, workingDirectory: String) throws(Failure) {
        if text.isEmpty { throw Failure(.invalid, "invalid empty volume spec") }
        let parts = text.parts(":")
        if parts.contains("") { throw Failure(.invalid, "invalid spec: \(text): empty section between colons") }
        let invalid = "invalid volume specification: '\(text)'"
        // A target and modes without a source are no request: /data:ro.
        guard parts.count <= 3, parts.count != 2 || Modes(parts[1]) == nil else { throw Failure(.invalid, invalid) }

        var source = parts.count > 1 ? parts[0] : ""
        if source.hasPrefix(".") { source = workingDirectory + "/" + source }
        let isBind = source.isAbsolutePath
        guard let modes = Modes(parts.count == 3 ? parts[2] : "") else {
            if parts[2].parts(",").contains(where: { $0 == "idmap" || $0.utf8.starts(with: "idmap=".utf8) }) {
                throw Failure(
                    .unsupported, "invalid mode: \(parts[2]): mounts with an id map of their own are not there yet; U gives the files away")
            }
            throw Failure(.invalid, "invalid mode: \(parts[2])")
        }
        let target = parts[min(1, parts.count - 1)]
        self = try doing(invalid) { () throws(Failure) in
            try doing("invalid mount config for type \"\(isBind ? "bind" : "volume")\"") { () throws(Failure) in
                let target = try VolumeRequest.checkedTarget(target)
                if isBind {
                    if modes.noCopy { throw Failure(.invalid, "field VolumeOptions must not be specified") }
                    try VolumeRequest.checkAbsolute(source)
                    return VolumeRequest(.bind(source: cleanPath(source)), target: target)
                }
                if modes.propagation != nil { throw Failure(.invalid, "field BindOptions must not be specified") }
                return VolumeRequest(source.isEmpty ? .anonymous : .volume(name: source), target: target)
            }
        }
        if case .volume(let name) = kind { try Self.checkVolumeName(name) }
        createSource = isBind
        modeText = parts.count == 3 ? parts[2] : ""
        modes.apply(to: &self)
    }

    /// The words after the second colon; at most one of each sort.
    private struct Modes {
        var access: String?
        var relabel: Relabel?
        var propagation: String?
        var noCopy = false
        var consistency: String?
        var chown = false
        var overlay = false
        var exec: String?
        var setuid: String?
        var devices: String?

        /// nil for an unknown word or a second word of one sort.
        init?(_ text: String) {
            if text.isEmpty { return }
            for word in text.parts(",") where !set(word) { return nil }
        }

        private mutating func set(_ word: String) -> Bool {
            switch word {
            case "rw", "ro", "ro-non-recursive", "ro-force-recursive", "rro": return Self.fill(&access, word)
            case "z", "Z": return Self.fill(&relabel, Relabel(rawValue: word))
            case "private", "rprivate", "slave", "rslave", "shared", "rshared": return Self.fill(&propagation, word)
            // Words for other systems' file sharing: known, without meaning here.
            case "consistent", "cached", "delegated": return Self.fill(&consistency, word)
            case "nocopy": return Self.raise(&noCopy)
            // podman's words, which docker does not know.
            case "U": return Self.raise(&chown)
            case "O": return Self.raise(&overlay)
            case "exec", "noexec": return Self.fill(&exec, word)
            case "suid", "nosuid": return Self.fill(&setuid, word)
            case "dev", "nodev": return Self.fill(&devices, word)
            default: return false
            }
        }

        private static func raise(_ flag: inout Bool) -> Bool {
            defer { flag = true }
            return !flag
        }

        private static func fill<T>(_ slot: inout T?, _ value: T?) -> Bool {
            if slot != nil { return false }
            slot = value
            return true
        }

        func apply(to request: inout VolumeRequest) {
            request.readOnly = access.map { $0 != "rw" } ?? false
            switch access {
            case "ro-non-recursive": request.recursion = .writable
            case "ro-force-recursive", "rro": request.recursion = .readOnly
            default: break
            }
            request.relabel = relabel
            request.noCopy = noCopy
            (request.chown, request.overlay) = (chown, overlay)
            if exec == "noexec" { request.flags.insert(.noExec) }
            if setuid == "nosuid" { request.flags.insert(.noSetuid) }
            if devices == "nodev" { request.flags.insert(.noDevices) }
            if let propagation { _ = request.setPropagation(propagation) }
        }
    }
}
