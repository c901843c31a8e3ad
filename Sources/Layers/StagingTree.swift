internal import LinuxSys
internal import Primitives

/// The directory a layer is unpacked into, and the directory inside it where work goes on.
///
/// Every name is reached as (open directory, one component). Links in the path of a parent are resolved as after
/// chroot: they cannot lead out, whatever they say; docker and containerd follow them inside the layer too, and
/// layers with `bin -> usr/bin` followed by `bin/sh` exist.
final class StagingTree {
    let root: Directory
    /// The directory last entered. Archives list a directory's entries together, so one is enough.
    private(set) var current: Directory
    private var currentPath: [UInt8] = []
    private let noDirectory = Failure(.corrupt, "a file is in the place of its directory")

    init(root: consuming Directory) throws(Failure) {
        current = try root.duplicate()
        self.root = root
    }

    /// Makes the directory that holds `path` the current one; makes it when the archive did not.
    func enterParent(of path: LayerPath) throws(Failure) {
        let parent = path.parent
        if currentPath.elementsEqual(parent) { return }
        current = try open(parent, of: path)
        currentPath = Array(parent)
    }

    /// A directory that was just made inside the current one becomes the current one.
    func enter(_ directory: consuming Directory, _ path: LayerPath) {
        current = directory
        currentPath = path.bytes
    }

    private func open(_ parent: ArraySlice<UInt8>, of path: LayerPath) throws(Failure) -> Directory {
        if parent.isEmpty { return try root.duplicate() }
        do throws(Failure) {
            return try root.openDirectory(try path.raw(parent), .noLinks, followLast: true)
        } catch { return try walk(parent, of: path) }
    }

    /// An existing directory, with links on the way resolved inside the root; a link at its end only when asked for.
    func openExisting(_ directory: RawPath, followLast: Bool) throws(Failure) -> Directory {
        if directory.characters.count == 1 { return try root.duplicate() }
        return try root.openDirectory(directory, .inRoot, followLast: followLast)
    }

    /// The slow way, component by component: something is missing, a link, or no directory.
    private func walk(_ parent: ArraySlice<UInt8>, of path: LayerPath) throws(Failure) -> Directory {
        var directory = try root.duplicate()
        var end = parent.startIndex
        while end < parent.endIndex {
            let start = end
            end = parent[start...].firstIndex(of: 0x2F) ?? parent.endIndex
            let name = try path.raw(parent[start..<end])
            let status = try directory.status(of: name)
            if let status, directory.isWhiteout(name, status) {
                try directory.removeTree(name)
                directory = try StagingTree.makeParent(name, in: directory, opaque: true)
                end = min(end + 1, parent.endIndex)
                continue
            }
            switch status?.kind {
            case .directory: directory = try directory.openSubdirectory(name)
            case .symbolicLink: directory = try openExisting(try path.raw(parent[..<end]), followLast: true)
            case nil: directory = try StagingTree.makeParent(name, in: directory, opaque: false)
            default: throw noDirectory
            }
            end = min(end + 1, parent.endIndex)
        }
        return directory
    }

    /// A directory the archive uses without describing it.
    private static func makeParent(_ name: RawPath, in directory: borrowing Directory, opaque: Bool) throws(Failure) -> Directory {
        try directory.createDirectory(name)
        let made = try directory.openSubdirectory(name)
        try made.descriptor.setMode(0o755)
        if opaque { try made.markOpaque() }
        return made
    }

    /// Makes something in the current directory; what has the name already gives way, as a later entry wins.
    func place<T: ~Copyable>(_ name: RawPath, _ make: (borrowing Directory) throws(Failure) -> T) throws(Failure) -> T {
        do throws(Failure) { return try make(current) } catch {
            guard error.kind == .conflict else { throw error }
            try current.removeTree(name)
            return try make(current)
        }
    }

    /// Makes the directory `name` in the current one unless it is one already, and opens it.
    func placeDirectory(_ name: RawPath) throws(Failure) -> Directory {
        do throws(Failure) { try current.createDirectory(name) } catch {
            guard error.kind == .conflict else { throw error }
            let status = try current.status(of: name)
            if status?.kind == .directory { return try current.openSubdirectory(name) }
            let hides = status.map { current.isWhiteout(name, $0) } ?? false
            try current.removeTree(name)
            try current.createDirectory(name)
            let made = try current.openSubdirectory(name)
            // The whiteout was about the layers below; it goes on hiding what they have in here.
            if hides { try made.markOpaque() }
            return made
        }
        return try current.openSubdirectory(name)
    }

    /// Hides what the layers below have under `name`. What this layer has there stays, as whiteouts are only about
    /// lower layers: a directory becomes opaque, anything else hides them anyway.
    func placeWhiteout(_ name: RawPath) throws(Failure) {
        do throws(Failure) { try current.createSpecial(name, .whiteout) } catch {
            if Errno(error.errno ?? 0) == .notPermitted { return try current.createWhiteoutFile(name) }
            guard error.kind == .conflict else { throw error }
            if try current.status(of: name)?.kind == .directory { try current.openSubdirectory(name).markOpaque() }
        }
    }
}

extension Directory {
    /// Hides everything the layers below have in this directory. Spec: Linux, overlayfs, "whiteouts and opaque
    /// directories"; the name is that of mounts with `userxattr`.
    borrowing func markOpaque() throws(Failure) {
        try descriptor.setAttribute(RawPath(OverlayAttribute.opaque.utf8)!, [UInt8(ascii: "y")])
    }

    /// A whiteout where the file system takes no such device because it is an overlay itself: inside a container.
    borrowing func createWhiteoutFile(_ name: RawPath) throws(Failure) {
        if try status(of: name) != nil {
            if try status(of: name)?.kind == .directory { try openSubdirectory(name).markOpaque() }
            return
        }
        let file = try createFile(name)
        try file.setAttribute(RawPath(OverlayAttribute.whiteout.utf8)!, [UInt8(ascii: "y")])
        let opaque = RawPath(OverlayAttribute.opaque.utf8)!
        if try descriptor.attribute(opaque) == nil { try descriptor.setAttribute(opaque, [UInt8(ascii: "x")]) }
    }
}
