import CommandLine
import Containers
import Primitives

/// What `network connect` and `network disconnect` are asked for.
struct ConnectRequest {
    /// A name, an id or the beginning of one; so is the container.
    let container: String
    let attachment: NetworkAttachment

    /// - Parameter operands: NETWORK CONTAINER.
    /// - Throws: `.invalid` with docker's texts.
    init(_ options: ParsedOptions, _ operands: [String]) throws(Failure) {
        container = operands[1]
        var attachment = NetworkAttachment(network: operands[0])
        attachment.aliases = options.strings(.connectAlias)
        attachment.ip = try Self.address(options.string(.ipv4), "IPv4", isIPv6: false)
        attachment.ip6 = try Self.address(options.string(.ipv6), "IPv6", isIPv6: true)
        for text in options.strings(.connectLinkLocalIP) {
            guard let address = HostAddress(text) else {
                throw Failure(.invalid, "invalid argument \(JSON.string(text).compact()) for \"--link-local-ip\" flag")
            }
            attachment.linkLocal.append(address)
        }
        for text in options.strings(.connectDriverOption) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else { throw Failure(.invalid, "invalid key/value pair format in driver options") }
            attachment.driverOptions.append(KeyValue(parts[0], parts[1]))
        }
        for text in options.strings(.link) { attachment.links.append(try NetworkSelection.link(text)) }
        attachment.gatewayPriority = Int(options.int(.gatewayPriority))
        self.attachment = attachment
    }

    private static func address(_ text: String, _ family: String, isIPv6: Bool) throws(Failure) -> HostAddress? {
        if text.isEmpty { return nil }
        guard let address = HostAddress(text), address.isIPv6 == isIPv6 else {
            throw Failure(.invalid, "invalid \(family) address: \(text)")
        }
        return address
    }
}
