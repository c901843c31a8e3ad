internal import LinuxSys
internal import Primitives

/// A name out of an archive, made relative to the root of the layer: no `.`, no `..`, no empty component, no leading slash.
struct LayerPath: Equatable {
    /// Components joined with slashes; empty for the root itself.
    let bytes: [UInt8]
    private let nameStart: Int

    /// Leading slashes are dropped, as docker does.
    init(_ raw: [UInt8], limits: LayerLimits) throws(Failure) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var nameStart = 0
        if raw.isEmpty { throw Failure(.corrupt, "the name is empty") }
        for component in raw.split(separator: 0x2F) {
            if component.elementsEqual([0x2E]) { continue }
            if component.elementsEqual([0x2E, 0x2E]) { throw Failure(.corrupt, "the path contains \"..\"") }
            if component.count > 255 { throw Failure(.corrupt, "a name has more than 255 bytes") }
            if !bytes.isEmpty { bytes.append(0x2F) }
            nameStart = bytes.count
            bytes.append(contentsOf: component)
        }
        if bytes.count > limits.pathBytes { throw Failure(.corrupt, "the path has more than \(limits.pathBytes) bytes") }
        self.bytes = bytes
        self.nameStart = nameStart
    }

    var isRoot: Bool { bytes.isEmpty }
    /// The last component.
    var name: ArraySlice<UInt8> { bytes[nameStart...] }
    /// Everything before the last slash; empty when that is the root.
    var parent: ArraySlice<UInt8> { bytes[..<max(0, nameStart - 1)] }
    /// True when a directory above has a name that only whiteouts have.
    var isBelowWhiteout: Bool { parent.split(separator: 0x2F).contains { $0.starts(with: Whiteout.prefix) } }

    /// For system calls.
    var rawName: RawPath {
        get throws(Failure) { try raw(name) }
    }
    func raw(_ bytes: ArraySlice<UInt8>) throws(Failure) -> RawPath {
        guard let path = RawPath(bytes) else { throw Failure(.corrupt, "the name contains a NUL") }
        return path
    }
}

/// Names that take something away from the layers below. Spec: OCI image-spec, layer.md, "Whiteouts".
enum Whiteout: Equatable {
    static let prefix = Array(".wh.".utf8)
    static let metaPrefix = Array(".wh..wh.".utf8)

    /// The name without its prefix is gone.
    case name([UInt8])
    /// Everything in this directory is gone.
    case opaque
    /// Notes of aufs to itself.
    case ignored

    /// - Returns: `nil` for an ordinary name.
    init?(_ name: some Collection<UInt8>) throws(Failure) {
        guard name.starts(with: Whiteout.prefix) else { return nil }
        if name.starts(with: Whiteout.metaPrefix) {
            self = name.elementsEqual(Array(".wh..wh..opq".utf8)) ? .opaque : .ignored
            return
        }
        let target = Array(name.dropFirst(Whiteout.prefix.count))
        if target.isEmpty || target == [0x2E] || target == [0x2E, 0x2E] {
            throw Failure(.corrupt, "the whiteout names no file")
        }
        self = .name(target)
    }
}
