internal import Layers
internal import LinuxSys
internal import Primitives

/// Whom the files made by a copy belong to.
enum CopyOwners: Equatable {
    /// Whoever copies.
    case caller
    /// Whom the archive says.
    case archive
    case fixed(user: UInt32, group: UInt32)
}

/// Puts entries below a directory. Names in them, and what lies there already, may be hostile: a name that climbs is refused,
/// and everything is made by (open directory, one component).
final class TreeSink: CopySink {
    struct Rules {
        var owners: CopyOwners
        /// What the archive's ids are here; `nil` for one that is not there.
        var own: (UInt32, UInt32) -> (user: UInt32?, group: UInt32?) = { ($0, $1) }
        /// The owner of a host file that is nobody's in this user namespace becomes root.
        var unmappedIsRoot = false
        /// Set-uid bits, capabilities and device nodes that a container made are not wanted on the host.
        var keepsPower: Bool
        /// Links in the path of a directory that the archive does not describe are followed inside the root.
        var followsLinks: Bool
    }

    private let anchor: Directory
    /// Of the destination below the anchor.
    private let prefix: [UInt8]
    private let shown: SlashPath
    private let rules: Rules
    private var current: Directory
    private var currentPath: [UInt8]?
    private var times: [(path: [UInt8], seconds: Int64)] = []
    private var timesBytes = 0
    /// Device nodes left out.
    private(set) var skippedDevices = 0

    /// - Parameters:
    ///   - anchor: where paths are resolved: the root of a container, or the destination on the host.
    ///   - prefix: the destination below it, without links.
    ///   - shown: the destination's path, for messages.
    init(anchor: consuming Directory, prefix: [UInt8], shown: SlashPath, _ rules: Rules) throws(Failure) {
        (self.prefix, self.shown, self.rules) = (prefix, shown, rules)
        current = try anchor.duplicate()
        self.anchor = anchor
    }

    private func shown(_ path: [UInt8]) -> SlashPath { SlashPath(path).below(shown) }

    func add(_ entry: TarEntry, _ content: (any FileContent)?) throws(Failure) {
        let path = try inner(entry.path) { "\(CopyError.quoted(entry.path)) is outside of \(CopyError.quoted(self.shown))" }
        let bytes = Array(path.joined(separator: [0x2F]))
        guard let last = path.last else {
            if entry.kind == .directory { return }
            throw Failure(.invalid, "cannot overwrite directory \(CopyError.quoted(shown)) with non-directory \(CopyError.quoted(shown))")
        }
        do throws(Failure) {
            try enter(path.dropLast())
            guard let name = RawPath(last) else { throw Failure(.corrupt, "a name contains a NUL") }
            try make(entry, content, name, bytes)
        } catch { throw CopyError.at("copying", shown(bytes), error) }
    }

    /// The components of a name, which must not lead out.
    private func inner(_ path: [UInt8], _ outside: () -> String) throws(Failure) -> [[UInt8]] {
        // Nothing is outside of the root.
        let components = SlashPath((shown.components.isEmpty ? [0x2F] : []) + path).cleaned.components
        if components.first == [0x2E, 0x2E] { throw Failure(.invalid, outside()) }
        return components == [[0x2E]] ? [] : components
    }

    private func open(_ path: [UInt8]) throws(Failure) -> Directory {
        let whole = prefix.isEmpty ? path : path.isEmpty ? prefix : prefix + [0x2F] + path
        guard let raw = RawPath(whole) else { throw Failure(.corrupt, "a name contains a NUL") }
        return try anchor.place(raw, rules.followsLinks ? .inRoot : .noLinks)
    }

    /// Goes to the directory of an entry; what is missing of its path is made.
    private func enter(_ components: ArraySlice<[UInt8]>) throws(Failure) {
        let path = Array(components.joined(separator: [0x2F]))
        if currentPath == path { return }
        do throws(Failure) { current = try open(path) } catch {
            guard error.kind == .notFound, let last = components.last, let name = RawPath(last) else { throw error }
            try enter(components.dropLast())
            try current.createDirectory(name)
            let made = try current.openSubdirectory(name)
            try made.descriptor.setMode(0o755)
            if rules.owners != .caller {
                try give(0, 0) { (user, group) throws(Failure) in try made.descriptor.setOwner(user: user, group: group) }
            }
            current = made
        }
        currentPath = path
    }

    private func make(_ entry: TarEntry, _ content: (any FileContent)?, _ name: RawPath, _ path: [UInt8]) throws(Failure) {
        let isDirectory = entry.kind == .directory
        if let existing = try current.status(of: name) {
            let words = (CopyError.quoted(shown(path)), CopyError.quoted(shown))
            if existing.kind == .directory, !isDirectory {
                throw Failure(.invalid, "cannot overwrite directory \(words.0) with non-directory \(words.1)")
            }
            if existing.kind != .directory, isDirectory {
                throw Failure(.invalid, "cannot overwrite non-directory \(words.0) with directory \(words.1)")
            }
            if !isDirectory { try current.unlink(name) }
        }
        switch entry.kind {
        case .directory: try makeDirectory(entry, name, path)
        case .file:
            let file = try current.createFile(name)
            try content?.copy(to: file)
            try setOwner(entry) { (user, group) throws(Failure) in try file.setOwner(user: user, group: group) }
            setAttributes(entry) { (name, value) throws(Failure) in try file.setAttribute(name, value) }
            try file.setMode(mode(entry))
            try file.setTimes(seconds: entry.modifiedSeconds, nanoseconds: 0)
            try file.close()
        case .symbolicLink:
            try checkLink(SlashPath(entry.linkTarget), path)
            try current.createSymbolicLink(name, to: try raw(entry.linkTarget))
            try describe(entry, name, hasMode: false)
        case .hardLink: try makeHardLink(entry, name, path)
        case .fifo:
            try current.createSpecial(name, .fifo)
            try describe(entry, name, hasMode: true)
        case .characterDevice, .blockDevice: try makeDevice(entry, name)
        }
    }

    private func raw(_ bytes: [UInt8]) throws(Failure) -> RawPath {
        guard let raw = RawPath(bytes) else { throw Failure(.corrupt, "a name contains a NUL") }
        return raw
    }

    /// A relative link may not lead out of the destination: docker refuses it, and so nobody is led there later.
    private func checkLink(_ target: SlashPath, _ path: [UInt8]) throws(Failure) {
        if target.isAbsolute { return }
        let place = shown(path)
        let end = target.below(place.parent)
        if shown.components.isEmpty || end == shown || end.bytes.starts(with: shown.cleaned.bytes) { return }
        throw Failure(.invalid, "invalid symlink \(CopyError.quoted(place)) -> \(CopyError.quoted(target))")
    }

    private func makeDirectory(_ entry: TarEntry, _ name: RawPath, _ path: [UInt8]) throws(Failure) {
        do throws(Failure) { try current.createDirectory(name) } catch { if error.kind != .conflict { throw error } }
        let directory = try current.openSubdirectory(name)
        try setOwner(entry) { (user, group) throws(Failure) in try directory.descriptor.setOwner(user: user, group: group) }
        setAttributes(entry) { (name, value) throws(Failure) in try directory.descriptor.setAttribute(name, value) }
        try directory.descriptor.setMode(mode(entry))
        timesBytes += path.count
        if timesBytes > LayerLimits().directoryPathBytes { throw Failure(.corrupt, "there are too many directories") }
        times.append((path, entry.modifiedSeconds))
    }

    private func makeHardLink(_ entry: TarEntry, _ name: RawPath, _ path: [UInt8]) throws(Failure) {
        let target = try inner(entry.linkTarget) {
            "invalid hardlink \(CopyError.quoted(self.shown(entry.linkTarget))) -> \(CopyError.quoted(entry.linkTarget))"
        }
        guard let last = target.last else { throw Failure(.corrupt, "a hard link to the directory itself") }
        do throws(Failure) {
            let directory = try open(Array(target.dropLast().joined(separator: [0x2F])))
            try current.createHardLink(name, to: try raw(last), in: directory)
        } catch {
            throw Failure(.invalid, "link \(shown(entry.linkTarget).text) \(shown(path).text): \(CopyError.reason(error))")
        }
    }

    private func makeDevice(_ entry: TarEntry, _ name: RawPath) throws(Failure) {
        let (major, minor) = (entry.deviceMajor, entry.deviceMinor)
        // 0:0 would be a whiteout to the overlay.
        guard rules.keepsPower, major != 0 || minor != 0 else {
            skippedDevices += 1
            return
        }
        do throws(Failure) {
            try current.createSpecial(
                name, entry.kind == .blockDevice ? .blockDevice(major: major, minor: minor) : .characterDevice(major: major, minor: minor))
        } catch {
            guard Errno(error.errno ?? 0) == .notPermitted else { throw error }
            skippedDevices += 1
            return
        }
        try describe(entry, name, hasMode: true)
    }

    private func describe(_ entry: TarEntry, _ name: RawPath, hasMode: Bool) throws(Failure) {
        try setOwner(entry) { (user, group) throws(Failure) in try current.setOwner(of: name, user: user, group: group) }
        if hasMode { try current.setMode(of: name, mode(entry)) }
        try current.setTimes(of: name, seconds: entry.modifiedSeconds, nanoseconds: 0)
    }

    private func mode(_ entry: TarEntry) -> UInt32 {
        rules.keepsPower || entry.kind == .directory ? entry.mode : entry.mode & 0o1777
    }

    private func setOwner(_ entry: TarEntry, _ set: (UInt32, UInt32) throws(Failure) -> Void) throws(Failure) {
        let overflow: UInt32 = 65534
        func known(_ id: UInt32) -> UInt32 { rules.unmappedIsRoot && id == overflow ? 0 : id }
        do throws(Failure) {
            switch rules.owners {
            case .caller: return
            case .archive: try give(known(entry.userID), known(entry.groupID), set)
            case .fixed(let user, let group): try give(user, group, set)
            }
        } catch {
            guard Errno(error.errno ?? 0) == .invalid else { throw error }
            throw Failure(
                .denied, "lchown \(shown(entry.path).text): invalid argument",
                hint:
                    "it belongs to \(entry.userID):\(entry.groupID), which this user has no subordinate ids for: see /etc/subuid and /etc/subgid"
            )
        }
    }

    private func give(_ user: UInt32, _ group: UInt32, _ set: (UInt32, UInt32) throws(Failure) -> Void) throws(Failure) {
        let own = rules.own(user, group)
        guard let user = own.user, let group = own.group else { throw Failure.kernel("", 22) }
        try set(user, group)
    }

    /// What may not be set is left out, as by docker.
    private func setAttributes(_ entry: TarEntry, _ set: (RawPath, [UInt8]) throws(Failure) -> Void) {
        guard rules.keepsPower else { return }
        for attribute in entry.attributes {
            let isUser = attribute.name.starts(with: "user.".utf8) && !attribute.name.starts(with: OverlayAttribute.prefix.utf8)
            guard isUser || attribute.name.elementsEqual("security.capability".utf8), let name = RawPath(attribute.name) else { continue }
            try? set(name, attribute.value)
        }
    }

    /// Directories get their times when nothing more is put into them.
    func finish() throws(Failure) {
        for (path, seconds) in times.reversed() {
            do throws(Failure) {
                let components = SlashPath(path).components
                let parent = try open(Array(components.dropLast().joined(separator: [0x2F])))
                try parent.setTimes(of: try raw(components.last ?? []), seconds: seconds, nanoseconds: 0)
            } catch { if !error.isOtherNode { throw CopyError.at("chtimes", shown(path), error) } }
        }
    }
}
