/// Numbers of the domain name system's messages (RFC 1035 section 4, RFC 6891).
enum DNSMessage {
    static let headerBytes = 12
    /// Without EDNS no UDP answer may be longer (RFC 1035 section 4.2.1).
    static let plainBytesMax = 512
    /// What we say to resolvers, and to clients, that we take over UDP: fits every path without fragments.
    static let ednsBytes = 1232
    /// The longest UDP answer that a client gets, whatever it says.
    static let datagramBytesMax = 4096
    static let streamBytesMax = 65535
    /// The longest query that is read: a name, and a few options.
    static let queryBytesMax = 4096
    static let nameBytesMax = 255
    static let labelBytesMax = 63

    enum Kind {
        static let a: UInt16 = 1
        static let pointer: UInt16 = 12
        static let aaaa: UInt16 = 28
        static let options: UInt16 = 41
        static let incrementalTransfer: UInt16 = 251
        static let transfer: UInt16 = 252
        static let any: UInt16 = 255
    }

    static let internet: UInt16 = 1
    static let anyClass: UInt16 = 255

    /// Bits of the second word of a header.
    enum Flag {
        static let response: UInt16 = 0x8000
        static let opcode: UInt16 = 0x7800
        static let truncated: UInt16 = 0x0200
        static let recursionDesired: UInt16 = 0x0100
        static let recursionAvailable: UInt16 = 0x0080
        static let authenticData: UInt16 = 0x0020
        static let checkingDisabled: UInt16 = 0x0010
    }

    /// Response codes (RFC 1035 section 4.1.1); the last one needs EDNS.
    enum Code: UInt16 {
        case noError = 0
        case formatError = 1
        case serverFailure = 2
        case nameError = 3
        case notImplemented = 4
        case refused = 5
        case badVersion = 16
    }

    static func word(_ bytes: [UInt8], _ at: Int) -> UInt16 { UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]) }
}

extension [UInt8] {
    mutating func appendWord(_ value: UInt16) {
        append(UInt8(value >> 8))
        append(UInt8(value & 0xFF))
    }

    mutating func setWord(_ value: UInt16, at index: Int) {
        self[index] = UInt8(value >> 8)
        self[index + 1] = UInt8(value & 0xFF)
    }
}
