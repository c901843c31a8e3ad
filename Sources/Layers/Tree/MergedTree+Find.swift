package import LinuxSys
package import Primitives

/// What a path of a container leads to, before anything is mounted: links are followed inside the tree alone, whatever they
/// say, as after chroot.
extension MergedTree {
    private static let linksMax = 40

    /// - Parameter path: absolute or relative to the root.
    /// - Returns: `nil` when there is nothing, or a file in the place of a directory on the way.
    /// - Throws: `.corrupt` for too many links.
    package func find(_ path: String) throws(Failure) -> Node? {
        var rest = Self.parts(Array(path.utf8))
        var way = [try root()]
        var links = 0
        while !rest.isEmpty {
            let part = rest.removeFirst()
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) {
                if way.count > 1 { way.removeLast() }
                continue
            }
            let parent = way[way.count - 1]
            guard parent.status.kind == .directory, let node = try child(part, of: parent) else { return nil }
            guard node.status.kind == .symbolicLink else {
                way.append(node)
                continue
            }
            links += 1
            let text = try linkTarget(of: node)
            guard links <= Self.linksMax, !text.isEmpty else {
                throw Failure(.corrupt, "too many symbolic links in the image's \"\(path)\"")
            }
            if text.first == 0x2F { way = Array(way.prefix(1)) }
            rest = Self.parts(text) + rest
        }
        return way[way.count - 1]
    }

    private func child(_ name: [UInt8], of parent: Node) throws(Failure) -> Node? {
        let path = parent.path.isEmpty ? name : parent.path + [0x2F] + name
        return try children(of: parent).first { $0.path == path }
    }

    /// By bytes, as the kernel splits.
    private static func parts(_ path: [UInt8]) -> [[UInt8]] { path.split(separator: 0x2F).map(Array.init) }

    /// Copies what a directory shows into an empty one that nobody else uses meanwhile, with owners, modes, times, hard links
    /// and attributes, and gives that one the directory's own. Must run with the ids of the container's user namespace.
    package func copy(_ node: Node, into target: consuming Directory) throws(Failure) {
        let copier = LayerCopier(into: target)
        for layer in node.layers.reversed() { try copier.add(try openDirectory(node, in: layer)) }
        try copier.finish()
    }
}
