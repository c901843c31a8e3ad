internal import Primitives

/// An absolute http or https URL without user, password and fragment. Spec: RFC 3986, strict.
struct WebAddress: Hashable, Sendable, CustomStringConvertible {
    enum Scheme: String, Sendable { case http, https }

    static let bytesMax = 16384

    var scheme: Scheme
    /// Lower case; an IPv6 address without its brackets.
    let host: String
    let port: UInt16
    /// Path and query; begins with `/`.
    var target: String

    init(_ scheme: Scheme, host: String, port: UInt16, target: String = "/") {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target
    }

    /// `nil` for anything but a plain http(s) URL of printable ASCII.
    init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else { return nil }
        let lower = text.prefix(8).lowercased()
        guard let scheme: Scheme = lower.hasPrefix("https://") ? .https : lower.hasPrefix("http://") ? .http : nil else { return nil }
        let rest = text.dropFirst(scheme == .https ? 8 : 7).prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let target = rest[end...]
        self.init(scheme, authority: String(rest[..<end]), target: target.hasPrefix("/") ? String(target) : "/" + target)
    }

    /// - Parameter authority: `host`, `host:port` or `[address]:port`; a user part makes it `nil`.
    init?(_ scheme: Scheme, authority: String, target: String = "/") {
        var host = authority.lowercased()
        var port: UInt16 = scheme == .https ? 443 : 80
        let bracketed = host.hasPrefix("[")
        if let colon = host.lastIndex(of: ":"), !bracketed || host[host.index(before: colon)] == "]" {
            guard let number = UInt16(host[host.index(after: colon)...]), number > 0, !host.contains("+") else { return nil }
            port = number
            host = String(host[..<colon])
        }
        if bracketed {
            host = String(host.dropFirst().dropLast())
            guard authority.contains("]"), host.contains(":"), HostAddress(host) != nil else { return nil }
        } else {
            guard !host.isEmpty, host.utf8.count <= 253, !host.hasPrefix("-"),
                host.utf8.allSatisfy({ $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F })
            else { return nil }
        }
        self.init(scheme, host: host, port: port, target: target)
    }

    /// `host:port` with what is not the scheme's default.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (scheme == .https ? 443 : 80) ? name : "\(name):\(port)"
    }
    var description: String { "\(scheme.rawValue)://\(authority)\(target)" }
    /// For messages: a query may hold a signature that is as good as a password.
    var shown: String { "\(scheme.rawValue)://\(authority)\(target.prefix { $0 != "?" })" }

    func hasOrigin(of other: WebAddress) -> Bool { scheme == other.scheme && host == other.host && port == other.port }

    var isLoopback: Bool { host == "localhost" || HostAddress(host)?.isLoopback == true }

    /// Where a `Location` leads from here; `nil` when that is no http(s) URL. Spec: RFC 3986, 5.2, without merging dots.
    func resolving(_ location: String) -> WebAddress? {
        if let absolute = WebAddress(location) { return absolute }
        guard !location.isEmpty, location.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else { return nil }
        let plain = String(location.prefix { $0 != "#" })
        if plain.hasPrefix("//") { return WebAddress("\(scheme.rawValue):\(plain)") }
        let first = plain.prefix { $0 != "/" && $0 != "?" }
        guard !first.contains(":") else { return nil }
        var out = self
        let path = target.prefix { $0 != "?" }
        if plain.hasPrefix("/") {
            out.target = plain
        } else if plain.hasPrefix("?") {
            out.target = path + plain
        } else {
            out.target = String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) + plain
        }
        return out
    }

    /// Text as the value of a query: everything but unreserved characters escaped. Spec: RFC 3986, 2.3.
    static func escaped(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            if (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte) {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                out += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return out
    }
}
