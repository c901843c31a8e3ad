/// The protocol between a monitor and whoever is attached: one byte of type, four bytes of little-endian
/// length, payload. The C side is monitor.c.
enum AttachFrame {
    enum Kind: UInt8 {
        case stdout = 0x6F  // o
        case stderr = 0x72  // r
        case exit = 0x58  // X
        case stdin = 0x69  // i
        case stdinEnd = 0x65  // e
        case size = 0x77  // w
        case removed = 0x52  // R
        case want = 0x61  // a
    }

    static func encode(_ kind: Kind, _ payload: some Collection<UInt8>) -> [UInt8] {
        var out: [UInt8] = [kind.rawValue]
        for shift in [0, 8, 16, 24] { out.append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
        out.append(contentsOf: payload)
        return out
    }
}

/// Which streams somebody attaches to.
package struct AttachedStreams: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let stdin = AttachedStreams(rawValue: 1)
    package static let stdout = AttachedStreams(rawValue: 2)
    package static let stderr = AttachedStreams(rawValue: 4)
}
