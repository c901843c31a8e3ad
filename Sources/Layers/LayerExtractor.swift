package import LinuxSys
package import Primitives

/// Unpacks one archive into a directory that nobody else uses meanwhile, as one layer of an overlay.
/// Nothing is flushed to the disk.
package final class LayerExtractor<Source: BlockSource> {
    private var reader: TarReader<Source>
    let tree: StagingTree
    let owners: OwnerPolicy
    private let limits: LayerLimits
    private var directories: [[UInt8]: DirectoryRecord] = [:]
    private var directoryPathBytes = 0
    package private(set) var entries = 0
    package private(set) var sizeBytes: UInt64 = 0
    package private(set) var skippedDevices = 0
    package internal(set) var droppedAttributes = 0

    /// What is done to a directory when nothing more is put into it.
    private struct DirectoryRecord {
        let mode: UInt32
        let seconds: Int64
        let nanoseconds: Int32
    }

    /// - Parameter root: an empty directory; it gets mode 0755 unless the archive says otherwise.
    package init(_ source: Source, into root: consuming Directory, owners: OwnerPolicy, limits: LayerLimits) throws(Failure) {
        reader = TarReader(source, limits: limits)
        tree = try StagingTree(root: root)
        self.owners = owners
        self.limits = limits
    }

    /// Unpacks everything.
    package func run() throws(Failure) {
        while let entry = try reader.next() {
            do throws(Failure) { try unpack(entry) } catch { throw error.within("unpacking \(printable(entry.path))") }
            entries += 1
        }
        try finishDirectories()
    }

    private func unpack(_ entry: TarEntry) throws(Failure) {
        let path = try LayerPath(entry.path, limits: limits)
        if path.isRoot { return try unpackRoot(entry, path) }
        if path.isBelowWhiteout {
            // Notes of aufs may have a directory of their own, in the root.
            if path.bytes.starts(with: Whiteout.metaPrefix) { return }
            throw Failure(.corrupt, "a directory has the name of a whiteout")
        }
        if let whiteout = try Whiteout(path.name) { return try unpackWhiteout(entry, path, whiteout) }
        try owners.check(entry)
        try tree.enterParent(of: path)
        let name = try path.rawName
        switch entry.kind {
        case .directory: try unpackDirectory(entry, path, name)
        case .file: try unpackFile(entry, name)
        case .symbolicLink: try unpackSymbolicLink(entry, name)
        case .hardLink: try unpackHardLink(entry, path, name)
        case .fifo: try unpackSpecial(entry, name, .fifo)
        case .characterDevice:
            // 0:0 would be a whiteout to the overlay, which the archive must spell otherwise.
            if entry.deviceMajor == 0, entry.deviceMinor == 0 {
                skippedDevices += 1
                return
            }
            try unpackSpecial(entry, name, .characterDevice(major: entry.deviceMajor, minor: entry.deviceMinor))
        case .blockDevice:
            try unpackSpecial(entry, name, .blockDevice(major: entry.deviceMajor, minor: entry.deviceMinor))
        }
    }

    private func unpackWhiteout(_ entry: TarEntry, _ path: LayerPath, _ whiteout: Whiteout) throws(Failure) {
        if whiteout == .ignored { return }
        guard entry.kind == .file || entry.kind == .hardLink else { throw Failure(.corrupt, "a whiteout is no file") }
        try tree.enterParent(of: path)
        switch whiteout {
        case .opaque: try tree.current.markOpaque()
        case .name(let name): try tree.placeWhiteout(try path.raw(name[...]))
        case .ignored: return
        }
    }

    /// The root may be described but not replaced.
    private func unpackRoot(_ entry: TarEntry, _ path: LayerPath) throws(Failure) {
        guard entry.kind == .directory else { throw Failure(.corrupt, "the root of the layer is no directory") }
        try owners.check(entry)
        try setOwner(tree.root.descriptor, entry)
        setAttributes(entry) { name, value throws(Failure) in try self.tree.root.descriptor.setAttribute(name, value) }
        try remember(entry, path)
    }

    private func unpackDirectory(_ entry: TarEntry, _ path: LayerPath, _ name: RawPath) throws(Failure) {
        let directory = try tree.placeDirectory(name)
        try setOwner(directory.descriptor, entry)
        tree.enter(directory, path)
        setAttributes(entry) { name, value throws(Failure) in try self.tree.current.descriptor.setAttribute(name, value) }
        try remember(entry, path)
    }

    /// Mode and times come last: a directory may be closed to us, and everything put into it changes its time.
    private func remember(_ entry: TarEntry, _ path: LayerPath) throws(Failure) {
        let record = DirectoryRecord(mode: entry.mode, seconds: entry.modifiedSeconds, nanoseconds: entry.modifiedNanoseconds)
        if directories.updateValue(record, forKey: path.bytes) != nil { return }
        directoryPathBytes += path.bytes.count
        if directoryPathBytes > limits.directoryPathBytes { throw Failure(.corrupt, "the layer has too many directories") }
    }

    private func finishDirectories() throws(Failure) {
        if directories[[]] == nil { try tree.root.descriptor.setMode(0o755) }
        // Children come before their parents, which may close the way to them.
        for path in directories.keys.sorted(by: { $1.lexicographicallyPrecedes($0) }) {
            do throws(Failure) { try finish(path, directories[path]!) } catch {
                throw error.within("finishing the directory \(printable(path))")
            }
        }
    }

    private func finish(_ path: [UInt8], _ record: DirectoryRecord) throws(Failure) {
        let directory: Directory
        do throws(Failure) { directory = try tree.openExisting(RawPath(path)!, followLast: false) } catch {
            // A later entry took its place.
            if error.isOtherNode { return }
            throw error
        }
        try directory.descriptor.setMode(record.mode)
        try directory.descriptor.setTimes(seconds: record.seconds, nanoseconds: record.nanoseconds)
    }

    private func unpackFile(_ entry: TarEntry, _ name: RawPath) throws(Failure) {
        sizeBytes += entry.sizeBytes
        if sizeBytes > limits.unpackedBytes { throw Failure(.corrupt, "the layer is larger than \(limits.unpackedBytes) bytes") }
        let file = try tree.place(name) { directory throws(Failure) in try directory.createFile(name) }
        if let sparse = entry.sparse {
            try writeSparse(file, sparse, sizeBytes: entry.sizeBytes)
        } else {
            while let piece = try reader.nextData() { try file.write(piece) }
        }
        // Owner first, as it clears setuid and capabilities; times last, as everything changes them.
        try setOwner(file, entry)
        setAttributes(entry) { name, value throws(Failure) in try file.setAttribute(name, value) }
        try file.setMode(entry.mode)
        try file.setTimes(seconds: entry.modifiedSeconds, nanoseconds: entry.modifiedNanoseconds)
        try file.close()
    }

    private func writeSparse(_ file: borrowing Descriptor, _ ranges: [TarEntry.SparseRange], sizeBytes: UInt64) throws(Failure) {
        try file.setSize(sizeBytes)
        var ranges = ranges[...]
        var done: UInt64 = 0
        while var piece = try reader.nextData() {
            while !piece.isEmpty, let range = ranges.first {
                let count = Int(min(UInt64(piece.count), range.count - done))
                try file.write(UnsafeRawBufferPointer(rebasing: piece[..<count]), at: range.offset + done)
                piece = UnsafeRawBufferPointer(rebasing: piece[count...])
                done += UInt64(count)
                if done == range.count {
                    done = 0
                    ranges = ranges.dropFirst()
                }
            }
        }
    }

    private func unpackSymbolicLink(_ entry: TarEntry, _ name: RawPath) throws(Failure) {
        guard let target = RawPath(entry.linkTarget), entry.linkTarget.count <= 4095 else {
            throw Failure(.corrupt, "the link has no valid target")
        }
        try tree.place(name) { directory throws(Failure) in try directory.createSymbolicLink(name, to: target) }
        try describe(name, entry, setsMode: false)
    }

    /// The target is a name of the same archive: never followed when it is a link, never outside.
    private func unpackHardLink(_ entry: TarEntry, _ path: LayerPath, _ name: RawPath) throws(Failure) {
        let target: LayerPath
        do throws(Failure) { target = try LayerPath(entry.linkTarget, limits: limits) } catch {
            throw error.within("the target \(printable(entry.linkTarget))")
        }
        do throws(Failure) {
            if target.isRoot || target == path { throw Failure(.corrupt, "a link to itself") }
            let directory = try tree.openExisting(try target.raw(target.parent), followLast: true)
            let targetName = try target.rawName
            guard let status = try directory.status(of: targetName), !directory.isWhiteout(targetName, status) else {
                throw Failure(.corrupt, "the layer has no such file")
            }
            if status.kind == .directory { throw Failure(.corrupt, "it is a directory") }
            try link(name, to: targetName, in: directory, status)
        } catch { throw error.within("linking to \(printable(entry.linkTarget))") }
    }

    private func link(
        _ name: RawPath, to target: RawPath, in directory: borrowing Directory, _ status: NodeStatus
    ) throws(Failure) {
        do throws(Failure) { try tree.current.createHardLink(name, to: target, in: directory) } catch {
            guard error.kind == .conflict else { throw error }
            // Reached by another way, or linked already: removing it could remove the target.
            if try tree.current.status(of: name)?.inode == status.inode { return }
            try tree.current.removeTree(name)
            try tree.current.createHardLink(name, to: target, in: directory)
        }
    }

    private func unpackSpecial(_ entry: TarEntry, _ name: RawPath, _ file: Directory.SpecialFile) throws(Failure) {
        do throws(Failure) {
            try tree.place(name) { directory throws(Failure) in try directory.createSpecial(name, file) }
        } catch {
            guard entry.kind != .fifo, case .system = error.kind else { throw error }
            skippedDevices += 1
            return
        }
        try describe(name, entry, setsMode: true)
    }
}
