internal import Layers
internal import LinuxSys
internal import Primitives

/// Gives a file or a tree as the entries of an archive. Whoever owns the files may change them meanwhile: every name is
/// reached from its directory, which is held open, and no link is followed (CVE-2018-15664).
struct TreeSource {
    /// Whether to go on in a directory of another file system.
    let enters: (borrowing Directory, RawPath) -> Bool
    /// Whom the archive gives a file of this user and group to.
    var owner: (UInt32, UInt32) -> (user: UInt32, group: UInt32) = { ($0, $1) }

    init(enters: @escaping (borrowing Directory, RawPath) -> Bool) { self.enters = enters }

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// The state of one walk.
    private final class State {
        let sink: any CopySink
        var path: [UInt8]
        /// Lengths of `path` before each directory was entered.
        var lengths: [Int] = []
        /// First names of files that have several.
        var links: [Identity: [UInt8]] = [:]
        init(_ sink: any CopySink, _ top: [UInt8]) { (self.sink, path) = (sink, top) }
    }

    /// The directory itself and everything below. - Parameter top: its name in the archive.
    func give(_ directory: consuming Directory, as top: [UInt8], to sink: any CopySink) throws(Failure) {
        let state = State(sink, top)
        var entry = self.entry(.directory, top + [0x2F], try directory.descriptor.status())
        entry.attributes = Self.attributes(RawPath(".".utf8)!, in: directory)
        try sink.add(entry, nil)
        try TreeWalk.run(directory, enters: enters) { (directory, visit) throws(Failure) in
            switch visit {
            case .name(let name, let status):
                let path = state.path + [0x2F] + name.bytes
                try add(name, status, in: directory, as: path, state)
                if status.kind == .directory {
                    state.lengths.append(state.path.count)
                    state.path = path
                }
            case .leave, .foreign: state.path.removeLast(state.path.count - (state.lengths.popLast() ?? state.path.count))
            case .closed(let name):
                throw Failure(
                    .denied, "open \(printable(state.path)): permission denied (\"\(String(decoding: name.bytes, as: UTF8.self))\")")
            }
        }
        try sink.finish()
    }

    /// Anything but a directory, alone.
    func give(
        _ name: RawPath, _ status: NodeStatus, in directory: borrowing Directory, as top: [UInt8], to sink: any CopySink
    ) throws(Failure) {
        try add(name, status, in: directory, as: top, State(sink, top))
        try sink.finish()
    }

    private func add(
        _ name: RawPath, _ status: NodeStatus, in directory: borrowing Directory, as path: [UInt8], _ state: State
    ) throws(Failure) {
        // Sockets live with their process.
        guard let kind = Self.kind(status.kind) else { return }
        var entry = self.entry(kind, kind == .directory ? path + [0x2F] : path, status)
        if kind != .directory, status.linkCount > 1 {
            let identity = Identity(device: status.device, inode: status.inode)
            if let first = state.links[identity] {
                (entry.kind, entry.linkTarget) = (.hardLink, first)
                return try state.sink.add(entry, nil)
            }
            state.links[identity] = path
        }
        switch kind {
        case .file:
            let file = SharedFile(try open(name, path, in: directory))
            entry.sizeBytes = try file.descriptor.sizeBytes()
            entry.attributes = Self.attributes(name, in: directory)
            try state.sink.add(entry, OpenContent(file: file))
        case .symbolicLink:
            // Replaced since it was looked at: as good as gone.
            guard let text = try directory.linkText(of: name) else { return }
            entry.linkTarget = text.bytes
            try state.sink.add(entry, nil)
        case .directory:
            entry.attributes = Self.attributes(name, in: directory)
            try state.sink.add(entry, nil)
        default: try state.sink.add(entry, nil)
        }
    }

    private func open(_ name: RawPath, _ path: [UInt8], in directory: borrowing Directory) throws(Failure) -> Descriptor {
        do throws(Failure) { return try directory.openRegularFile(name) } catch {
            throw Failure(error.kind, "open \(String(decoding: path, as: UTF8.self)): \(CopyError.reason(error))")
        }
    }

    private func entry(_ kind: TarEntry.Kind, _ path: [UInt8], _ status: NodeStatus) -> TarEntry {
        var entry = TarEntry(kind, path)
        entry.mode = status.mode
        (entry.userID, entry.groupID) = owner(status.userID, status.groupID)
        entry.modifiedSeconds = max(0, status.modifiedSeconds)
        (entry.deviceMajor, entry.deviceMinor) = (status.deviceMajor, status.deviceMinor)
        return entry
    }

    private static func kind(_ kind: NodeStatus.Kind) -> TarEntry.Kind? {
        switch kind {
        case .file: .file
        case .directory: .directory
        case .symbolicLink: .symbolicLink
        case .characterDevice: .characterDevice
        case .blockDevice: .blockDevice
        case .fifo: .fifo
        case .socket: nil
        }
    }

    /// The capabilities of a program, as docker; a file without attributes, or one that is gone, has none.
    private static func attributes(_ name: RawPath, in directory: borrowing Directory) -> [TarEntry.Attribute] {
        let all = (try? directory.attributes(of: name)) ?? []
        return all.filter { $0.name.bytes.elementsEqual("security.capability".utf8) }.map {
            TarEntry.Attribute(name: $0.name.bytes, value: $0.value)
        }
    }
}
