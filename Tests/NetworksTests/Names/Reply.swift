@testable import Networks

/// A message as a client would ask it.
struct Ask {
    var name: String
    var kind: UInt16 = DNSMessage.Kind.a
    var identifier: UInt16 = 0x1234
    var flags: UInt16 = DNSMessage.Flag.recursionDesired
    /// Bytes that the client takes; `nil`: no EDNS.
    var payload: UInt16?
    var group: UInt16 = 1

    var bytes: [UInt8] {
        var out: [UInt8] = []
        for word in [identifier, flags, 1, 0, 0, payload == nil ? 0 : 1] { out.appendWord(word) }
        out += DNSName(name)?.wire ?? [0]
        out.appendWord(kind)
        out.appendWord(group)
        if let payload {
            out.append(0)
            for word in [41, payload, 0, 0, 0] { out.appendWord(word) }
        }
        return out
    }
}

/// A message as a client would read it.
struct Reply: Equatable, CustomStringConvertible {
    var bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var identifier: UInt16 { DNSMessage.word(bytes, 0) }
    var flags: UInt16 { DNSMessage.word(bytes, 2) }
    var code: UInt16 { flags & 15 }
    var isTruncated: Bool { flags & DNSMessage.Flag.truncated != 0 }
    var question: DNSQuestion? { DNSQuery.question(bytes)?.0 }
    /// Type and data of the answers; `nil` when the sections are not what the header says.
    var records: [(kind: UInt16, data: [UInt8])]? {
        guard var position = DNSQuery.question(bytes)?.end else { return nil }
        var out: [(UInt16, [UInt8])] = []
        let counts = [6, 8, 10].map { Int(DNSMessage.word(bytes, $0)) }
        for index in 0..<counts.reduce(0, +) {
            guard let record = DNSRecordPlace(bytes, at: position) else { return nil }
            if index < counts[0] { out.append((record.kind, Array(bytes[(record.fields + 10)..<record.end]))) }
            position = record.end
        }
        return position == bytes.count ? out : nil
    }
    /// IPv4 addresses, sorted.
    var addresses: [String] {
        (records ?? []).filter { $0.kind == 1 }.map { $0.data.map { String($0) }.joined(separator: ".") }.sorted()
    }
    var hasOptions: Bool { bytes.count >= 11 && DNSMessage.word(bytes, 10) == 1 }
    var description: String { "\(flags) \(addresses)" }
}
