internal import LinuxSys
package import Primitives

/// Which files an archive holds, and where their bytes lie. For archives around images, of which only a few names are
/// wanted; layers are read from front to end instead.
package struct TarIndex: Sendable {
    /// Bytes of one file within the archive.
    package struct Region: Equatable, Sendable {
        package var offset: UInt64
        package var sizeBytes: UInt64
    }

    private enum Member: Equatable {
        case file(Region)
        /// To another name of the archive, resolved already.
        case link(String)
        case directory
    }
    private var members: [String: Member] = [:]

    /// What an archive of images may ask for: it has some files for each layer.
    static var limits: LayerLimits {
        var limits = LayerLimits()
        limits.entries = 65536
        limits.headerBytes = 64 << 10
        limits.pathBytes = 1024
        limits.ratio = 500
        limits.ratioFreeBytes = 1 << 30
        return limits
    }

    init<Source: PositionedSource>(_ source: Source) throws(Failure) {
        var reader = TarReader(source, limits: Self.limits)
        while let entry = try reader.next() {
            do throws(Failure) {
                try add(entry, at: source.position - UInt64(reader.unreadBytes))
            } catch { throw error.within("the entry \(printable(entry.path))") }
        }
    }

    private mutating func add(_ entry: TarEntry, at offset: UInt64) throws(Failure) {
        let name = try Self.name(entry.path)
        let member: Member
        switch entry.kind {
        case .directory: member = .directory
        case .file:
            if entry.sparse != nil { throw Failure(.corrupt, "it is sparse, which no file of an image archive is") }
            member = .file(Region(offset: offset, sizeBytes: entry.sizeBytes))
        case .symbolicLink:
            if entry.linkTarget.first == 0x2F { throw Failure(.corrupt, "the link leads out of the archive") }
            let folder = entry.path.lastIndex(of: 0x2F).map { entry.path[...$0] } ?? []
            member = .link(try Self.name(folder + entry.linkTarget, climbs: true))
        case .hardLink: member = .link(try Self.name(entry.linkTarget))
        default: throw Failure(.corrupt, "it is neither a file nor a directory nor a link")
        }
        if name.isEmpty, member == .directory { return }
        guard let known = members.updateValue(member, forKey: name) else { return }
        guard known == .directory, member == .directory else { throw Failure(.corrupt, "the archive has two entries of this name") }
    }

    /// A name without `.` and empty components.
    /// - Parameter climbs: `..` is resolved as long as it stays inside the archive; else it is refused.
    private static func name(_ raw: some Collection<UInt8>, climbs: Bool = false) throws(Failure) -> String {
        if raw.first == 0x2F { throw Failure(.corrupt, "the name is absolute") }
        if raw.count > limits.pathBytes { throw Failure(.corrupt, "the name has more than \(limits.pathBytes) bytes") }
        var parts: [ArraySlice<UInt8>] = []
        for part in Array(raw).split(separator: 0x2F) where !part.elementsEqual([0x2E]) {
            if part.elementsEqual([0x2E, 0x2E]) {
                guard climbs, parts.popLast() != nil else { throw Failure(.corrupt, "the name leads out of the archive") }
            } else {
                parts.append(part)
            }
        }
        let bytes = Array(parts.joined(separator: [0x2F]))
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Failure(.corrupt, "the name is no text")
        }
        return text
    }

    /// The file of this name, through links of the archive; `nil` when there is none.
    /// - Throws: `.corrupt` for links that go round in circles.
    package func region(_ name: String) throws(Failure) -> Region? {
        var name = name
        for _ in 0..<8 {
            switch members[name] {
            case .file(let region): return region
            case .link(let target): name = target
            case .directory, nil: return nil
            }
        }
        throw Failure(.corrupt, "the links of the archive go round in circles at \(printable(name.utf8))")
    }

    /// The same for a name out of a document of the archive, which may be spelt in other ways.
    package func region(spelt name: String) throws(Failure) -> Region? {
        try doing("the name \(printable(name.utf8))") { () throws(Failure) in try region(try Self.name(name.utf8)) }
    }
}
