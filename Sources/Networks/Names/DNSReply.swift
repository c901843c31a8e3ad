internal import Primitives

/// What we say about a name ourselves.
enum DNSRecord: Equatable, Sendable {
    case address(HostAddress)
    case pointer(DNSName)

    /// Seconds that a client may keep it; docker's number.
    static let lifetimeSeconds: UInt16 = 600

    /// The record, its name a pointer to the question's.
    fileprivate var wire: [UInt8] {
        let (kind, data) =
            switch self {
            case .address(let address): (address.isIPv6 ? DNSMessage.Kind.aaaa : DNSMessage.Kind.a, address.bytes)
            case .pointer(let name): (DNSMessage.Kind.pointer, name.wire)
            }
        var out: [UInt8] = [0xC0, UInt8(DNSMessage.headerBytes)]
        for word in [kind, DNSMessage.internet, 0, Self.lifetimeSeconds, UInt16(data.count)] { out.appendWord(word) }
        return out + data
    }
}

/// Answers made here.
enum DNSReply {
    /// - Parameter bytesMax: records that do not fit are left out, and the client is told to ask over TCP.
    static func make(_ query: DNSQuery, _ code: DNSMessage.Code, _ records: [DNSRecord] = [], bytesMax: Int) -> [UInt8] {
        let end = query.edns.map { options(code: code, wantsSignatures: $0.wantsSignatures) } ?? []
        var out = header(query.identifier, flags(query.flags, code), questions: 1)
        out += query.question.wire
        var count: UInt16 = 0
        for record in records {
            let wire = record.wire
            guard out.count + wire.count + end.count <= bytesMax else {
                out[2] |= UInt8(DNSMessage.Flag.truncated >> 8)
                break
            }
            out += wire
            count += 1
        }
        out.setWord(count, at: 6)
        out.setWord(end.isEmpty ? 0 : 1, at: 10)
        return out + end
    }

    /// To a query that could not be read.
    static func refuse(_ code: DNSMessage.Code, identifier: UInt16, flags: UInt16) -> [UInt8] {
        header(identifier, Self.flags(flags, code) | flags & DNSMessage.Flag.opcode, questions: 0)
    }

    private static func flags(_ asked: UInt16, _ code: DNSMessage.Code) -> UInt16 {
        DNSMessage.Flag.response | DNSMessage.Flag.recursionAvailable
            | asked & (DNSMessage.Flag.recursionDesired | DNSMessage.Flag.checkingDisabled) | code.rawValue & 15
    }

    static func header(_ identifier: UInt16, _ flags: UInt16, questions: UInt16) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(128)
        for word in [identifier, flags, questions, 0, 0, 0] { out.appendWord(word) }
        return out
    }

    /// Our OPT record (RFC 6891 section 6.1.2).
    static func options(code: DNSMessage.Code = .noError, wantsSignatures: Bool) -> [UInt8] {
        var out: [UInt8] = [0]
        for word in [
            DNSMessage.Kind.options, UInt16(DNSMessage.ednsBytes), (code.rawValue >> 4) << 8, wantsSignatures ? 0x8000 : 0, 0,
        ] { out.appendWord(word) }
        return out
    }
}
