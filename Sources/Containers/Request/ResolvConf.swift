package import Primitives

/// A container's /etc/resolv.conf (resolv.conf(5)): the host's, with what the user wants in its place.
package enum ResolvConf {
    /// What the host's file may have; the rest is not read.
    private static let linesMax = 1000

    /// - Parameters:
    ///   - host: the content of the host's file.
    ///   - search: `.` alone means none.
    ///   - privateNetwork: name servers on the host's loopback, and addresses bound to one of its interfaces, cannot
    ///     be reached and are left out. No server takes their place: a name is not told to somebody nobody chose.
    /// - Throws: `.invalid` for a value that would be more than one word of the file.
    package static func render(
        host: String, dns: [String], search: [String], options: [String], privateNetwork: Bool
    ) throws(Failure) -> String {
        for (kind, values) in [("DNS server", dns), ("DNS search domain", search), ("DNS option", options)] {
            for value in values where !value.isOneWord { throw Failure(.invalid, "invalid \(kind) \(value.quoted)") }
        }
        var content = Content(host)
        if privateNetwork { content.servers.removeAll(where: isOfHostAlone) }
        if !dns.isEmpty { content.servers = dns }
        if !search.isEmpty { content.search = search.filter { $0 != "." } }
        if !options.isEmpty { content.options = options }
        return content.text
    }

    private static func isOfHostAlone(_ server: String) -> Bool {
        server.hasPrefix("127.") || server == "::1" || server.lowercased().hasPrefix("::ffff:127.") || server.contains("%")
    }

    private struct Content {
        var servers: [String] = []
        var search: [String] = []
        var options: [String] = []
        /// Directives such as `sortlist`, as they stand.
        var others: [String] = []

        init(_ text: String) {
            for line in text.parts("\n").prefix(linesMax) {
                let words = (line.utf8.last == UInt8(ascii: "\r") ? String(line.unicodeScalars.dropLast()) : line).words
                guard let key = words.first, key.utf8.first != UInt8(ascii: "#"), key.utf8.first != UInt8(ascii: ";") else { continue }
                let values = words.dropFirst().filter(\.isOneWord)
                guard let first = values.first else { continue }
                switch key {
                case "nameserver": servers.append(first)
                // Of several the last one counts.
                case "search", "domain": search = Array(values)
                case "options": options += values
                default: others.append(([key] + values).joined(separator: " "))
                }
            }
        }

        var text: String {
            var lines = servers.map { "nameserver " + $0 }
            if !search.isEmpty { lines.append("search " + search.joined(separator: " ")) }
            if !options.isEmpty { lines.append("options " + options.joined(separator: " ")) }
            return (lines + others).map { $0 + "\n" }.joined()
        }
    }
}
