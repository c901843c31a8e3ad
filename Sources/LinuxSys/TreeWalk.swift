import CShim
import Glibc
package import Primitives

/// A walk through everything below a directory, following no link and leaving no file system. It holds two descriptors
/// however deep the tree is: a child is entered by name and left by `..`, which must lead back where it came from.
package struct TreeWalk: ~Copyable {
    private struct Level {
        var rest: [RawPath]
        var inode: UInt64
        var device: UInt64
    }

    /// What is visited: where it lies is known from the calls of `enter` and `leave` around it.
    package enum Visit {
        /// A name in the current directory. A directory is entered after this.
        case name(RawPath, NodeStatus)
        case leave
        /// A directory that may not be read: it counts as empty.
        case closed(RawPath)
        /// A directory of another file system that is not entered.
        case foreign(RawPath)
    }

    private var current: Directory
    private var levels: [Level] = []
    private let enters: (borrowing Directory, RawPath) -> Bool

    private init(_ top: consuming Directory, _ enters: @escaping (borrowing Directory, RawPath) -> Bool) {
        current = top
        self.enters = enters
    }

    /// Visits what is below `top`, names in the order of their bytes.
    /// - Parameters:
    ///   - enters: whether to go on in a directory of another file system.
    ///   - visit: with the directory that the name lies in.
    /// - Throws: `.conflict` when somebody moved a directory meanwhile.
    package static func run(
        _ top: consuming Directory, enters: @escaping (borrowing Directory, RawPath) -> Bool = { _, _ in false },
        _ visit: (borrowing Directory, Visit) throws(Failure) -> Void
    ) throws(Failure) {
        var walk = TreeWalk(top, enters)
        try walk.run(visit)
    }

    private mutating func run(_ visit: (borrowing Directory, Visit) throws(Failure) -> Void) throws(Failure) {
        let start = try current.descriptor.status()
        levels = [Level(rest: try names(), inode: start.inode, device: start.device)]
        while !levels.isEmpty {
            guard let name = levels[levels.count - 1].rest.popLast() else {
                levels.removeLast()
                if let parent = levels.last {
                    try leave(to: parent)
                    try visit(current, .leave)
                }
                continue
            }
            // Gone since it was listed, or in a directory that may be listed only.
            guard let status = try known(name) else { continue }
            try visit(current, .name(name, status))
            guard status.kind == .directory else { continue }
            guard status.device == levels[levels.count - 1].device || enters(current, name) else {
                try visit(current, .foreign(name))
                continue
            }
            do throws(Failure) { try enter(name, status) } catch {
                guard [EACCES, EPERM, ENOENT, ENOTDIR, ELOOP].contains(error.errno ?? 0) else { throw error }
                try visit(current, .closed(name))
            }
        }
    }

    private func known(_ name: RawPath) throws(Failure) -> NodeStatus? {
        do throws(Failure) { return try current.status(of: name) } catch {
            if error.errno == EACCES { return nil }
            throw error
        }
    }

    private func names() throws(Failure) -> [RawPath] { try current.rawNames().sorted { $1.precedes($0) } }

    private mutating func enter(_ name: RawPath, _ status: NodeStatus) throws(Failure) {
        let child = try current.openSubdirectory(name)
        let inside = try child.rawNames().sorted { $1.precedes($0) }
        let opened = try child.descriptor.status()
        levels.append(Level(rest: inside, inode: opened.inode, device: opened.device))
        current = child
    }

    private mutating func leave(to parent: Level) throws(Failure) {
        let path = current.path
        let raw = try call("leaving a directory") { cs_openat(current.raw, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
        let above = Directory(Descriptor(owning: raw), path: path)
        let status = try above.descriptor.status()
        guard status.inode == parent.inode, status.device == parent.device else {
            throw Failure(.conflict, "a directory was moved while it was looked at")
        }
        current = above
    }
}

/// What a tree takes on the disk, as du(1) counts: blocks, directories included, a file with several names once.
package struct TreeUsage: Equatable, Sendable {
    package var bytes: Int64 = 0
    package var files = 0
    package init() {}
}

/// Counts trees one after the other; a file that several of them hold counts in the first.
package struct UsageCounter {
    private struct Key: Hashable {
        var device: UInt64
        var inode: UInt64
    }
    private var seen: Set<Key> = []
    package init() {}

    /// What `name` in `directory` takes, itself included; nothing when it is not there.
    package mutating func usage(of name: String, in directory: borrowing Directory) throws(Failure) -> TreeUsage {
        guard let raw = RawPath(name.utf8), let status = try directory.status(of: raw) else { return TreeUsage() }
        var usage = TreeUsage()
        count(status, &usage)
        guard status.kind == .directory else { return usage }
        let top: Directory
        do throws(Failure) { top = try directory.openSubdirectory(raw) } catch {
            if [EACCES, EPERM, ENOENT, ENOTDIR].contains(error.errno ?? 0) { return usage }
            throw error
        }
        do throws(Failure) {
            try TreeWalk.run(top) { (_, visit) throws(Failure) in
                if case .name(_, let status) = visit { count(status, &usage) }
            }
        } catch {
            // Whoever moves directories while they are measured gets an estimate.
            if error.kind != .conflict, error.errno != ENOENT { throw error }
        }
        return usage
    }

    private mutating func count(_ status: NodeStatus, _ usage: inout TreeUsage) {
        if status.kind != .directory, status.linkCount > 1, !seen.insert(Key(device: status.device, inode: status.inode)).inserted {
            return
        }
        usage.bytes += Int64(clamping: status.allocatedBytes)
        usage.files += 1
    }
}
