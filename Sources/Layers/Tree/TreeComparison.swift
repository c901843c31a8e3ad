internal import LinuxSys
package import Primitives

/// What became of a path from one tree to another.
package struct TreeChange: Sendable, Equatable {
    package enum Kind: Sendable { case added, changed, deleted }

    package var kind: Kind
    /// Without a leading slash.
    package var path: [UInt8]
    /// Bytes of files: that are gone or replaced, and that are new. A deleted directory stands for all it held.
    package var oldBytes: UInt64 = 0
    package var newBytes: UInt64 = 0
    /// Files that are gone or replaced, and that are new.
    package var oldFiles = 0
    package var newFiles = 0
}

/// Compares two merged trees. What both take from the same layers is not read at all; times do not count, content does.
package final class TreeComparison {
    private let old: MergedTree
    private let new: MergedTree
    /// Files with several names whose bytes were counted under another name.
    private var counted: Set<Identity> = []
    /// What was found of two such files.
    private var compared: [[Identity]: Bool] = [:]

    private struct Identity: Hashable {
        let layer: String
        let inode: UInt64
    }

    package init(from old: MergedTree, to new: MergedTree) { (self.old, self.new) = (old, new) }

    /// - Parameter body: told of each change, sorted by path within a directory; a directory comes before what it holds,
    ///   and is changed when something in it is.
    package func run(_ body: (TreeChange) throws(Failure) -> Void) throws(Failure) {
        // A stack of our own: an image may nest as deep as it likes.
        var waiting = [Pair(old: try old.root(), new: try new.root())]
        var untold: Set<[UInt8]> = []
        while let pair = waiting.popLast() {
            let path = (pair.new ?? pair.old)?.path ?? []
            do throws(Failure) {
                if let change = try change(pair) {
                    for parent in Self.parents(of: path) where untold.remove(parent) != nil {
                        try body(TreeChange(kind: .changed, path: parent))
                    }
                    if !path.isEmpty { try body(change) }
                } else if pair.new?.status.kind == .directory {
                    untold.insert(path)
                }
                waiting.append(contentsOf: try inner(pair).reversed())
            } catch { throw error.within("comparing \(printable(path))") }
        }
    }

    private struct Pair {
        var old: MergedTree.Node?
        var new: MergedTree.Node?
    }

    private static func parents(of path: [UInt8]) -> [[UInt8]] {
        path.indices.filter { path[$0] == 0x2F }.map { Array(path[..<$0]) }
    }

    /// What is to be compared inside of a pair.
    private func inner(_ pair: Pair) throws(Failure) -> [Pair] {
        guard let newNode = pair.new, newNode.status.kind == .directory else { return [] }
        let news = try new.children(of: newNode)
        guard let oldNode = pair.old, oldNode.status.kind == .directory else { return news.map { Pair(old: nil, new: $0) } }
        if old.origins(of: oldNode) == new.origins(of: newNode) { return [] }
        var pairs: [Pair] = []
        var olds = try old.children(of: oldNode)[...]
        for node in news {
            while let first = olds.first, first.path.lexicographicallyPrecedes(node.path) {
                pairs.append(Pair(old: olds.popFirst(), new: nil))
            }
            pairs.append(Pair(old: olds.first?.path == node.path ? olds.popFirst() : nil, new: node))
        }
        return pairs + olds.map { Pair(old: $0, new: nil) }
    }

    private func change(_ pair: Pair) throws(Failure) -> TreeChange? {
        guard let oldNode = pair.old else {
            return pair.new.map { TreeChange(kind: .added, path: $0.path, newBytes: bytes($0, in: new), newFiles: Self.files($0)) }
        }
        guard let newNode = pair.new else {
            let (bytes, files) = try size(oldNode, in: old)
            return TreeChange(kind: .deleted, path: oldNode.path, oldBytes: bytes, oldFiles: files)
        }
        if try isSame(oldNode, newNode) { return nil }
        var change = TreeChange(kind: .changed, path: newNode.path, newBytes: bytes(newNode, in: new), newFiles: Self.files(newNode))
        if newNode.status.kind == .directory, oldNode.status.kind == .directory { return change }
        (change.oldBytes, change.oldFiles) = try size(oldNode, in: old)
        return change
    }

    private func bytes(_ node: MergedTree.Node, in tree: MergedTree) -> UInt64 {
        guard node.status.kind == .file else { return 0 }
        let isCounted = node.status.linkCount > 1 && !counted.insert(identity(node, in: tree)).inserted
        return isCounted ? 0 : node.status.sizeBytes
    }

    private func identity(_ node: MergedTree.Node, in tree: MergedTree) -> Identity {
        Identity(layer: tree.origin(of: node), inode: node.status.inode)
    }

    private static func files(_ node: MergedTree.Node) -> Int { node.status.kind == .directory ? 0 : 1 }

    /// Of a node with everything below it.
    private func size(_ node: MergedTree.Node, in tree: MergedTree) throws(Failure) -> (bytes: UInt64, files: Int) {
        var waiting = [node]
        var sum: (bytes: UInt64, files: Int) = (0, 0)
        while let next = waiting.popLast() {
            sum.bytes += bytes(next, in: tree)
            sum.files += Self.files(next)
            if next.status.kind == .directory { waiting += try tree.children(of: next) }
        }
        return sum
    }

    private func isSame(_ a: MergedTree.Node, _ b: MergedTree.Node) throws(Failure) -> Bool {
        let (x, y) = (a.status, b.status)
        guard x.kind == y.kind, x.mode == y.mode, x.userID == y.userID, x.groupID == y.groupID else { return false }
        if old.origin(of: a) == new.origin(of: b) { return true }
        switch x.kind {
        case .directory, .fifo, .socket: return true
        case .characterDevice, .blockDevice: return x.deviceMajor == y.deviceMajor && x.deviceMinor == y.deviceMinor
        case .symbolicLink:
            let target = try old.linkTarget(of: a)
            return try new.linkTarget(of: b) == target
        case .file:
            if x.sizeBytes != y.sizeBytes { return false }
            return try haveSameContent(a, b)
        }
    }

    private func haveSameContent(_ a: MergedTree.Node, _ b: MergedTree.Node) throws(Failure) -> Bool {
        let isShared = a.status.linkCount > 1 || b.status.linkCount > 1
        let pair = [identity(a, in: old), identity(b, in: new)]
        if isShared, let known = compared[pair] { return known }
        let (first, second) = (SharedFile(try old.open(a)), SharedFile(try new.open(b)))
        let isSame = try Self.haveSameContent(first.descriptor, second.descriptor)
        if isShared { compared[pair] = isSame }
        return isSame
    }

    private static func haveSameContent(_ first: borrowing Descriptor, _ second: borrowing Descriptor) throws(Failure) -> Bool {
        let half = 64 << 10
        let pieces = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * half, alignment: 64)
        defer { pieces.deallocate() }
        var position: UInt64 = 0
        while true {
            let count = try first.read(into: UnsafeMutableRawBufferPointer(rebasing: pieces[..<half]), at: position)
            let other = try second.read(into: UnsafeMutableRawBufferPointer(rebasing: pieces[half...]), at: position)
            let read = UnsafeRawBufferPointer(pieces)
            guard count == other,
                UnsafeRawBufferPointer(rebasing: read[..<count]).hasSameBytes(
                    as: UnsafeRawBufferPointer(rebasing: read[half..<half + count]))
            else { return false }
            if count == 0 { return true }
            position += UInt64(count)
        }
    }
}

extension MergedTree {
    /// The directories that give something to a directory, topmost first.
    func origins(of node: Node) -> [String] { node.layers.map { paths[$0] } }
    /// The directory that gives a node: what it gives under one path is one thing.
    func origin(of node: Node) -> String { paths[node.layer] }
}
