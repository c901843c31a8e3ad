internal import LinuxSys
package import Primitives

/// Writes what a merged tree shows into a tar archive: owners, modes, times, hard links, devices and extended attributes.
/// Sockets are left out, as they live with their process.
package final class TreeArchiver {
    private let tree: MergedTree
    private let writer: TarWriter
    /// First names of files that have several.
    private var links: [FileIdentity: [UInt8]] = [:]

    private struct FileIdentity: Hashable {
        let layer: Int
        let inode: UInt64
    }

    private let owner: (UInt32, UInt32) -> (user: UInt32, group: UInt32)

    /// - Parameter owner: whom the archive gives a file of this user and group to.
    package init(_ tree: MergedTree, _ writer: TarWriter, owner: @escaping (UInt32, UInt32) -> (user: UInt32, group: UInt32) = { ($0, $1) })
    {
        (self.tree, self.writer, self.owner) = (tree, writer, owner)
    }

    /// - Parameter withRoot: an entry `./` tells of the root directory too.
    package func run(withRoot: Bool = false) throws(Failure) {
        if withRoot { try add(try tree.root()) }
        try tree.walk { (node) throws(Failure) in try add(node) }
        try writer.finish()
    }

    private func add(_ node: MergedTree.Node) throws(Failure) {
        guard let kind = Self.kind(node.status.kind) else { return }
        var entry = TarEntry(kind, node.path.isEmpty ? Array("./".utf8) : node.path + (kind == .directory ? [0x2F] : []))
        entry.mode = node.status.mode
        (entry.userID, entry.groupID) = owner(node.status.userID, node.status.groupID)
        (entry.modifiedSeconds, entry.modifiedNanoseconds) = (max(0, node.status.modifiedSeconds), node.status.modifiedNanoseconds)
        (entry.deviceMajor, entry.deviceMinor) = (node.status.deviceMajor, node.status.deviceMinor)
        if node.status.linkCount > 1, kind != .directory {
            let identity = FileIdentity(layer: node.layer, inode: node.status.inode)
            if let first = links[identity] {
                (entry.kind, entry.linkTarget) = (.hardLink, first)
                return try writer.add(entry)
            }
            links[identity] = node.path
        }
        switch kind {
        case .file: try addFile(node, entry)
        case .symbolicLink:
            entry.linkTarget = try tree.linkTarget(of: node)
            try writer.add(entry)
        case .directory:
            entry.attributes = try attributes(node)
            try writer.add(entry)
        default: try writer.add(entry)
        }
    }

    /// A file that becomes shorter meanwhile is filled up with zeros, one that becomes longer is cut: the header is written.
    private func addFile(_ node: MergedTree.Node, _ entry: TarEntry) throws(Failure) {
        var entry = entry
        let file = try tree.open(node)
        entry.sizeBytes = try file.sizeBytes()
        entry.attributes = try attributes(node)
        try writer.add(entry)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var left = entry.sizeBytes
        while left > 0 {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(left, UInt64(buffer.count)))])
            var count = try file.read(into: room)
            if count == 0 {
                room.initializeMemory(as: UInt8.self, repeating: 0)
                count = room.count
            }
            try writer.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count]))
            left -= UInt64(count)
        }
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

    /// Those that belong to the file: not the overlay's, nor what the host's security module set.
    private func attributes(_ node: MergedTree.Node) throws(Failure) -> [TarEntry.Attribute] {
        let all = try tree.withParent(of: node) { (parent, name) throws(Failure) in try parent.attributes(of: name) }
        return all.map { TarEntry.Attribute(name: $0.name.bytes, value: $0.value) }.filter { attribute in
            attribute.name.starts(with: "user.".utf8) && !attribute.name.starts(with: OverlayAttribute.prefix.utf8)
                || attribute.name.elementsEqual("security.capability".utf8)
        }
    }
}
