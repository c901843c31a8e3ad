package import LinuxSys
package import Primitives

/// What a layer's files are, but for their contents: enough to see that one is missing, new, shorter or another one. Recorded
/// when the layer is committed.
package struct TreeSummary: Equatable, Sendable {
    package var entries: Int
    /// Sum of the sizes of all files, as often as they have names.
    package var sizeBytes: Int64
    /// SHA-256 over the place, kind, mode, owner, size, time and link target of everything, in the order of a walk.
    package var digest: Digest

    /// - Throws: what the kernel said; `.conflict` when somebody changes it meanwhile.
    package static func of(_ top: consuming Directory) throws(Failure) -> TreeSummary {
        var writer = SummaryWriter()
        writer.add(try top.descriptor.status(), name: [], isTop: true)
        try TreeWalk.run(top) { (directory, visit) throws(Failure) in
            switch visit {
            case .name(let name, let status):
                writer.add(status, name: name.bytes)
                if status.kind == .symbolicLink { writer.add(text: try directory.linkText(of: name)?.bytes ?? []) }
            case .leave: writer.leave()
            case .closed: writer.add(text: Array("closed".utf8))
            case .foreign: break
            }
        }
        return writer.summary
    }
}

private struct SummaryWriter {
    private var hash = SHA256()
    private var buffer: [UInt8] = []
    private var entries = 0
    private var sizeBytes: Int64 = 0
    /// The caller's files are those of id 0 where the caller is root of its namespace.
    private let user = Process.effectiveUserID
    private let group = Process.effectiveGroupID

    init() { buffer.reserveCapacity(70 << 10) }

    /// - Parameter isTop: its time may change with its own name.
    mutating func add(_ status: NodeStatus, name: [UInt8], isTop: Bool = false) {
        entries += 1
        let isFile = status.kind == .file
        if isFile { sizeBytes += Int64(clamping: status.sizeBytes) }
        let device = status.kind == .characterDevice || status.kind == .blockDevice
        buffer.append(code(status.kind))
        for number in [
            UInt64(status.mode), UInt64(status.userID == user ? 0 : status.userID), UInt64(status.groupID == group ? 0 : status.groupID),
            isFile ? status.sizeBytes : 0, isTop ? 0 : UInt64(bitPattern: status.modifiedSeconds),
            isTop ? 0 : UInt64(UInt32(bitPattern: status.modifiedNanoseconds)),
            device ? UInt64(status.deviceMajor) << 32 | UInt64(status.deviceMinor) : 0,
        ] { add(number) }
        add(text: name)
        if buffer.count > 64 << 10 { flush() }
    }

    mutating func add(text: [UInt8]) {
        add(UInt64(text.count))
        buffer += text
    }

    mutating func leave() { buffer.append(0) }

    private mutating func add(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) } }

    private mutating func flush() {
        hash.update(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private func code(_ kind: NodeStatus.Kind) -> UInt8 {
        switch kind {
        case .file: 1
        case .directory: 2
        case .symbolicLink: 3
        case .characterDevice: 4
        case .blockDevice: 5
        case .fifo: 6
        case .socket: 7
        }
    }

    var summary: TreeSummary {
        mutating get {
            flush()
            return TreeSummary(entries: entries, sizeBytes: sizeBytes, digest: hash.digest())
        }
    }
}
