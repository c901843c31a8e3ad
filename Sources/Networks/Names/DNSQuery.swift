/// What is asked (RFC 1035 section 4.1.2).
struct DNSQuestion: Equatable, Sendable {
    var name: DNSName
    var kind: UInt16
    var group: UInt16

    var wire: [UInt8] {
        var out = name.wire
        out.appendWord(kind)
        out.appendWord(group)
        return out
    }
}

/// A query of a container, as far as it is used: everything else in it stays here.
struct DNSQuery: Equatable, Sendable {
    /// What the client can do (RFC 6891 section 6.1).
    struct Extension: Equatable, Sendable {
        var payloadBytes: Int
        var version: UInt8
        var wantsSignatures: Bool
    }

    /// Why there is nothing to look up.
    enum Refusal: Error, Equatable {
        /// Not even an error is owed: too short, or an answer itself (two servers must not talk for ever).
        case silence
        /// An answer without a question.
        case code(DNSMessage.Code, identifier: UInt16, flags: UInt16)
    }

    var identifier: UInt16
    var flags: UInt16
    var question: DNSQuestion
    var edns: Extension?

    /// No honest query has more records than an OPT and a signature.
    private static let recordsMax = 8

    init(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count >= DNSMessage.headerBytes else { throw .silence }
        let (identifier, flags) = (DNSMessage.word(bytes, 0), DNSMessage.word(bytes, 2))
        guard flags & DNSMessage.Flag.response == 0 else { throw .silence }
        guard flags & DNSMessage.Flag.opcode == 0 else { throw .code(.notImplemented, identifier: identifier, flags: flags) }
        guard bytes.count <= DNSMessage.streamBytesMax, DNSMessage.word(bytes, 4) == 1,
            let (question, end) = Self.question(bytes), let edns = Self.edns(bytes, from: end)
        else { throw .code(.formatError, identifier: identifier, flags: flags) }
        (self.identifier, self.flags, self.question, self.edns) = (identifier, flags, question, edns)
    }

    /// The only question of a message, and where the rest begins.
    static func question(_ bytes: [UInt8]) -> (DNSQuestion, end: Int)? {
        var position = DNSMessage.headerBytes
        guard let name = DNSName(bytes, at: &position), position + 4 <= bytes.count else { return nil }
        let question = DNSQuestion(name: name, kind: DNSMessage.word(bytes, position), group: DNSMessage.word(bytes, position + 2))
        return (question, position + 4)
    }

    /// The OPT record among the others: `nil` for a message that is wrong, `.some(nil)` for one without.
    private static func edns(_ bytes: [UInt8], from start: Int) -> Extension?? {
        let counts = [6, 8, 10].map { Int(DNSMessage.word(bytes, $0)) }
        guard counts.reduce(0, +) <= recordsMax else { return nil }
        var position = start
        var found: Extension?
        for section in counts.indices {
            for _ in 0..<counts[section] {
                guard let record = DNSRecordPlace(bytes, at: position) else { return nil }
                if section == 2, record.kind == DNSMessage.Kind.options {
                    guard found == nil, bytes[position] == 0 else { return nil }
                    found = Extension(
                        payloadBytes: Int(DNSMessage.word(bytes, record.fields + 2)), version: bytes[record.fields + 5],
                        wantsSignatures: bytes[record.fields + 6] & 0x80 != 0)
                }
                position = record.end
            }
        }
        return .some(found)
    }

    /// The longest answer that the client takes over UDP.
    var datagramBytes: Int {
        min(max(edns?.payloadBytes ?? 0, DNSMessage.plainBytesMax), DNSMessage.datagramBytesMax)
    }
}

/// Where a record lies in a message (RFC 1035 section 4.1.3).
struct DNSRecordPlace: Equatable {
    /// Of the type, the first field behind the name.
    let fields: Int
    let kind: UInt16
    let end: Int

    /// `nil` when it is cut.
    init?(_ bytes: [UInt8], at position: Int) {
        guard let fields = DNSName.skip(bytes, at: position), fields + 10 <= bytes.count else { return nil }
        let end = fields + 10 + Int(DNSMessage.word(bytes, fields + 8))
        guard end <= bytes.count else { return nil }
        (self.fields, self.end, kind) = (fields, end, DNSMessage.word(bytes, fields))
    }
}
