package import LinuxSys
package import Primitives

/// Copies layer directories on top of each other into one directory, the lowest first: the root file system of a
/// container where the kernel refuses to mount an overlay. Whiteouts and opaque directories do their work here; nothing
/// of overlayfs is left in the copy. Must run with the ids of the container's user namespace.
///
/// Directories are opened by their path below the root without following a link, one at a time: any depth that fits
/// into a path will do.
package final class LayerCopier {
    private let root: Directory
    /// What directories get when nothing more is put into them.
    private var directories: [[UInt8]: NodeStatus] = [:]
    /// The first name of each file of several names, of the layer that is being copied.
    private var links: [UInt64: RawPath] = [:]

    private let owner: (UInt32, UInt32) -> (user: UInt32, group: UInt32)

    /// - Parameters:
    ///   - root: an empty directory that nobody else uses meanwhile.
    ///   - owner: whom the copy of a file of this user and group belongs to.
    package init(into root: consuming Directory, owner: @escaping (UInt32, UInt32) -> (user: UInt32, group: UInt32) = { ($0, $1) }) {
        self.root = root
        self.owner = owner
    }

    /// Puts the content of the next higher layer on top.
    package func add(_ layer: borrowing Directory) throws(Failure) {
        links = [:]
        var waiting: [[UInt8]] = [[]]
        while let path = waiting.popLast() {
            do throws(Failure) { try copyDirectory(path, from: layer, &waiting) } catch {
                throw error.within("copying \(printable(path))")
            }
        }
    }

    /// Gives directories their modes and times, children first: a parent may close the way to them.
    package func finish() throws(Failure) {
        for path in directories.keys.sorted(by: { $1.lexicographicallyPrecedes($0) }) {
            guard let status = directories[path] else { continue }
            let directory: Directory
            do throws(Failure) { directory = try Self.open(path, in: root) } catch {
                // A higher layer removed it or put something else in its place.
                if error.isOtherNode { continue }
                throw error
            }
            try directory.descriptor.setMode(status.mode)
            try directory.descriptor.setTimes(seconds: status.modifiedSeconds, nanoseconds: status.modifiedNanoseconds)
        }
    }

    private static func open(_ path: [UInt8], in root: borrowing Directory) throws(Failure) -> Directory {
        guard !path.isEmpty, let raw = RawPath(path) else { return try root.duplicate() }
        return try root.openDirectory(raw, .noLinks, followLast: false)
    }

    private func copyDirectory(_ path: [UInt8], from layer: borrowing Directory, _ waiting: inout [[UInt8]]) throws(Failure) {
        let source = try Self.open(path, in: layer)
        let target = try Self.open(path, in: root)
        let status = try source.descriptor.status()
        let here = RawPath(".".utf8)!
        let attributes = try source.attributes(of: here)
        if attributes.contains(where: { $0.name.bytes.elementsEqual(OverlayAttribute.opaque.utf8) && $0.value == [UInt8(ascii: "y")] }) {
            for name in try target.rawNames() { try target.removeTree(name) }
        }
        let (user, group) = owner(status.userID, status.groupID)
        try target.descriptor.setOwner(user: user, group: group)
        try copy(attributes) { (name, value) throws(Failure) in try target.descriptor.setAttribute(name, value) }
        directories[path] = status
        for name in try source.rawNames() {
            guard let status = try source.status(of: name) else { continue }
            if source.isWhiteout(name, status) {
                try target.removeTree(name)
            } else if status.kind == .directory {
                try placeDirectory(name, in: target)
                waiting.append(path.isEmpty ? name.bytes : path + [0x2F] + name.bytes)
            } else {
                try target.removeTree(name)
                try copyNode(name, status, from: source, to: target, path)
            }
        }
    }

    private func placeDirectory(_ name: RawPath, in target: borrowing Directory) throws(Failure) {
        if let existing = try target.status(of: name) {
            if existing.kind == .directory { return }
            try target.removeTree(name)
        }
        try target.createDirectory(name)
    }

    private func copyNode(
        _ name: RawPath, _ status: NodeStatus, from source: borrowing Directory, to target: borrowing Directory, _ parent: [UInt8]
    ) throws(Failure) {
        if status.linkCount > 1 {
            if let first = links[status.inode] { return try target.createHardLink(name, to: first, in: root) }
            links[status.inode] = RawPath(parent.isEmpty ? name.bytes : parent + [0x2F] + name.bytes)
        }
        switch status.kind {
        case .file:
            let copy = try target.createFile(name)
            try source.openRegularFile(name).copyContents(to: copy)
        case .symbolicLink:
            guard let text = try source.linkText(of: name) else { return }
            try target.createSymbolicLink(name, to: text)
        case .fifo: try target.createSpecial(name, .fifo)
        case .socket: try target.createSpecial(name, .socket)
        case .characterDevice: try target.createSpecial(name, .characterDevice(major: status.deviceMajor, minor: status.deviceMinor))
        case .blockDevice: try target.createSpecial(name, .blockDevice(major: status.deviceMajor, minor: status.deviceMinor))
        case .directory: return
        }
        // The owner first, as it clears setuid and capabilities; the times last, as everything changes them.
        let (user, group) = owner(status.userID, status.groupID)
        try target.setOwner(of: name, user: user, group: group)
        try copy(try source.attributes(of: name)) { (attribute, value) throws(Failure) in
            try target.setAttribute(of: name, attribute, value)
        }
        if status.kind != .symbolicLink { try target.setMode(of: name, status.mode) }
        try target.setTimes(of: name, seconds: status.modifiedSeconds, nanoseconds: status.modifiedNanoseconds)
    }

    /// What the program could have set itself and the layer has, it keeps; overlayfs's own stay behind, and so do those
    /// that the system gives every file (security labels).
    private func copy(_ attributes: [(name: RawPath, value: [UInt8])], _ set: (RawPath, [UInt8]) throws(Failure) -> Void) throws(Failure) {
        for attribute in attributes {
            let name = attribute.name.bytes
            let isKept = ["user.", "security.capability", "system.posix_acl_"].contains { name.starts(with: $0.utf8) }
            if isKept, !name.starts(with: OverlayAttribute.prefix.utf8) { try set(attribute.name, attribute.value) }
        }
    }
}
