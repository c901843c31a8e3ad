import Primitives

/// One `--network` as typed: a name or a mode alone, or comma separated fields, checked as docker's client checks them.
package struct NetworkFields: Equatable, Sendable {
    /// Never empty in the long form.
    package private(set) var name = ""
    package private(set) var aliases: [String] = []
    package private(set) var ip = ""
    package private(set) var ip6 = ""
    package private(set) var mac = ""
    package private(set) var linkLocalIPs: [String] = []
    package private(set) var driverOptions: [(key: String, value: String)] = []
    package private(set) var gatewayPriority = 0

    /// - Throws: `.invalid` with docker's reason.
    package init(_ text: String) throws(Failure) {
        guard Self.isLong(text) else {
            name = text
            return
        }
        for field in try csvFields(text) {
            let (key, value) = field.splitOnce("=")
            guard let value, !key.isEmpty else { throw Failure(.invalid, "invalid field \(field)") }
            try set(trimmed(key).lowercased(), trimmed(value))
        }
        try require(!name.isEmpty, "network name/id is not specified")
    }

    private mutating func set(_ key: String, _ value: String) throws(Failure) {
        switch key {
        case "name": name = value
        case "alias": aliases.append(value)
        case "ip": ip = value
        case "ip6": ip6 = value
        case "mac-address": mac = value
        case "link-local-ip": linkLocalIPs.append(value)
        case "driver-opt":
            let (option, setting) = value.splitOnce("=")
            guard let setting, !trimmed(option).isEmpty else { throw Failure(.invalid, "invalid key value pair format in driver options") }
            driverOptions.removeAll { $0.key == trimmed(option) }
            driverOptions.append((trimmed(option), trimmed(setting)))
        case "gw-priority":
            guard let number = Int(value) else { throw Failure(.invalid, "invalid gw-priority (\(value)): invalid syntax") }
            gatewayPriority = number
        default: throw Failure(.invalid, "invalid field key \(key)")
        }
    }

    /// A letter, digit or underscore on both sides of an equals sign makes it the long form; but options of a mode are no fields.
    private static func isLong(_ text: String) -> Bool {
        for mode in ["pasta:", "slirp4netns:", "ns:"] where text.utf8.starts(with: mode.utf8) { return false }
        let bytes = Array(text.utf8)
        return bytes.indices.contains { index in
            bytes[index] == UInt8(ascii: "=") && index > 0 && index + 1 < bytes.count && isWord(bytes[index - 1])
                && isWord(bytes[index + 1])
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    package static func == (left: NetworkFields, right: NetworkFields) -> Bool {
        left.name == right.name && left.aliases == right.aliases && left.ip == right.ip && left.ip6 == right.ip6 && left.mac == right.mac
            && left.linkLocalIPs == right.linkLocalIPs && left.gatewayPriority == right.gatewayPriority
            && left.driverOptions.elementsEqual(right.driverOptions) { $0 == $1 }
    }
}
