package import LinuxSys
package import Primitives

/// Directories that lie on each other as overlayfs lays them, read without mounting anything: later names win, whiteouts and
/// opaque directories hide. All names are hostile; nothing is followed.
///
/// No directory stays open while another is read, so that neither depth nor the number of layers uses up descriptors.
package final class MergedTree: Sendable {
    package struct Node: Sendable {
        /// Relative to the root, without a leading slash; empty for the root.
        package var path: [UInt8]
        package var status: NodeStatus
        /// Number of the layer that gives it, 0 on top.
        package var layer: Int
        /// Layers that give something to this directory, topmost first.
        var layers: [Int]
    }

    private let layers: [Layer]
    let paths: [String]

    private final class Layer: Sendable {
        let root: Directory
        init(_ root: consuming Directory) { self.root = root }
    }

    /// - Parameter paths: topmost first.
    package init(_ paths: [String]) throws(Failure) {
        var layers: [Layer] = []
        for path in paths { layers.append(Layer(try Directory.open(path))) }
        self.layers = layers
        self.paths = paths
    }

    /// The root directory, as the topmost layer has it.
    package func root() throws(Failure) -> Node {
        Node(path: [], status: try layers[0].root.descriptor.status(), layer: 0, layers: Array(layers.indices))
    }

    /// The directory of a layer that holds `path`, and the last name.
    private func directory(_ path: ArraySlice<UInt8>, in layer: Int) throws(Failure) -> Directory {
        if path.isEmpty { return try layers[layer].root.duplicate() }
        guard let raw = RawPath(path) else { throw Failure(.corrupt, "a name contains a NUL") }
        return try layers[layer].root.openDirectory(raw, .noLinks, followLast: false)
    }

    /// A directory as one of the layers that give to it has it.
    func openDirectory(_ node: Node, in layer: Int) throws(Failure) -> Directory { try directory(node.path[...], in: layer) }

    /// Runs `body` with the directory that holds a node, and its name there.
    func withParent<T: ~Copyable>(
        of node: Node, _ body: (borrowing Directory, RawPath) throws(Failure) -> T
    ) throws(Failure) -> T {
        let slash = node.path.lastIndex(of: 0x2F)
        let parent = try directory(slash.map { node.path[..<$0] } ?? [], in: node.layer)
        guard let name = RawPath(node.path[(slash.map { $0 + 1 } ?? 0)...]) else { throw Failure(.corrupt, "a name contains a NUL") }
        return try body(parent, name)
    }

    /// Opens a regular file; anything else that has taken its name is neither followed nor waited for.
    func open(_ node: Node) throws(Failure) -> Descriptor {
        try withParent(of: node) { (parent, name) throws(Failure) in try parent.openRegularFile(name) }
    }

    func linkTarget(of node: Node) throws(Failure) -> [UInt8] {
        try withParent(of: node) { (parent, name) throws(Failure) in try parent.linkText(of: name)?.bytes ?? [] }
    }

    /// What a directory holds, sorted by name.
    package func children(of node: Node) throws(Failure) -> [Node] {
        var entries: [RawPath: Entry] = [:]
        for layer in node.layers {
            let directory = try directory(node.path[...], in: layer)
            let isLast = layer == node.layers.last
            for name in try directory.rawNames() {
                if entries[name]?.isClosed == true { continue }
                // Gone meanwhile, in a container that runs.
                guard let status = try directory.status(of: name) else { continue }
                let isDirectory = status.kind == .directory
                var entry = entries[name] ?? Entry()
                entry.isClosed = !isDirectory
                if isDirectory, !isLast { entry.isClosed = try Self.isOpaque(name, in: directory) }
                if entry.node == nil, !directory.isWhiteout(name, status) {
                    let path = node.path.isEmpty ? name.bytes : node.path + [0x2F] + name.bytes
                    entry.node = Node(path: path, status: status, layer: layer, layers: isDirectory ? [layer] : [])
                } else if isDirectory, entry.node?.status.kind == .directory {
                    entry.node?.layers.append(layer)
                }
                entries[name] = entry
            }
        }
        return entries.values.compactMap(\.node).sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }

    /// What is known of a name so far.
    private struct Entry {
        /// `nil`: removed.
        var node: Node?
        /// Lower layers have no more say.
        var isClosed = false
    }

    private static func isOpaque(_ name: RawPath, in directory: borrowing Directory) throws(Failure) -> Bool {
        try directory.openSubdirectory(name).descriptor.attribute(RawPath(OverlayAttribute.opaque.utf8)!) == [UInt8(ascii: "y")]
    }

    /// Runs `body` for everything below the root, a directory before what it holds, names in order. What is removed while
    /// it is read, by a container that runs, is left out.
    package func walk(_ body: (Node) throws(Failure) -> Void) throws(Failure) {
        // A stack of our own: an image may nest as deep as it likes.
        var waiting = try children(of: root()).reversed() as [Node]
        while let node = waiting.popLast() {
            do throws(Failure) {
                try body(node)
                if node.status.kind == .directory { waiting.append(contentsOf: try children(of: node).reversed()) }
            } catch {
                if !error.isOtherNode { throw error.within("reading \(printable(node.path))") }
            }
        }
    }
}
