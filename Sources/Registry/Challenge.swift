internal import Primitives

/// One challenge of a `WWW-Authenticate` header. Spec: RFC 9110, 11.6.1.
struct Challenge: Equatable, Sendable {
    static let bytesMax = 8192
    static let challengesMax = 8
    static let parametersMax = 16

    /// Lower case: `bearer`, `basic`.
    var scheme: String
    /// By lower-case name; of a repeated one the first.
    var parameters: [String: String]

    /// All challenges of all headers; what cannot be read is left out, what is beyond the limits, too.
    static func parse(_ headers: [String]) -> [Challenge] {
        var out: [Challenge] = []
        for header in headers where header.utf8.count <= bytesMax {
            var parser = Parser(bytes: Array(header.utf8))
            while out.count < challengesMax, let challenge = parser.challenge() { out.append(challenge) }
        }
        return out
    }

    private struct Parser {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skip(_ wanted: UInt8...) { while let byte, wanted.contains(byte) { position += 1 } }

        /// RFC 9110, 5.6.2.
        static func isToken(_ byte: UInt8) -> Bool {
            (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }

        mutating func token() -> String? {
            let start = position
            while let byte, Self.isToken(byte) { position += 1 }
            return start == position ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
        }

        mutating func challenge() -> Challenge? {
            skip(0x20, 0x09, 0x2C)
            guard let scheme = token() else { return nil }
            var out = Challenge(scheme: scheme.lowercased(), parameters: [:])
            skip(0x20, 0x09)
            while out.parameters.count < Challenge.parametersMax {
                let before = position
                skip(0x20, 0x09, 0x2C)
                guard let name = token() else { break }
                skip(0x20, 0x09)
                guard byte == 0x3D else {
                    // The next challenge's scheme.
                    position = before
                    break
                }
                position += 1
                skip(0x20, 0x09)
                guard let value = byte == 0x22 ? quoted() : token() else { return nil }
                if out.parameters[name.lowercased()] == nil { out.parameters[name.lowercased()] = value }
            }
            return out
        }

        mutating func quoted() -> String? {
            position += 1
            var out: [UInt8] = []
            while let byte {
                position += 1
                switch byte {
                case 0x22: return String(decoding: out, as: UTF8.self)
                case 0x5C:
                    guard let next = self.byte else { return nil }
                    out.append(next)
                    position += 1
                default: out.append(byte)
                }
            }
            return nil
        }
    }
}
