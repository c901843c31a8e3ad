internal import CommandLine
internal import Networks
package import Primitives

/// What `run` and `create` were asked for with `--network` and the flags that go with it, checked as docker's client does.
package struct NetworkSelection: Equatable, Sendable {
    package private(set) var mode: NetworkMode
    /// The networks in the order given; of the modes that are no network: none.
    package private(set) var attachments: [NetworkAttachment] = []
    /// `--link` on the default network: `CONTAINER:ALIAS`.
    package private(set) var links: [String] = []
    /// A text that is no address: docker's daemon says so, not its client.
    private var addressFailure: Failure?
    /// What was given with a mode that is no network.
    private var modeAttachment: NetworkAttachment?
    /// `--mac-address` as typed: docker keeps it in `Config` too.
    package private(set) var mac = ""

    /// The flags beside `--network`: they belong to the first network.
    package struct Flags: Sendable {
        package var aliases: [String] = []
        package var ip = ""
        package var ip6 = ""
        package var mac = ""
        package var links: [String] = []
        package var linkLocalIPs: [String] = []
        package init() {}
    }

    /// The default network alone.
    package init() { (mode, attachments) = (.bridge, [NetworkAttachment(network: NetworkRecord.defaultName)]) }

    /// - Parameter networks: values of `--network`; none: the default network.
    /// - Throws: `.invalid` with docker's texts.
    package init(networks texts: [String], _ flags: Flags) throws(Failure) {
        var fields: [NetworkFields] = []
        for text in texts.isEmpty ? ["default"] : texts { fields.append(try NetworkFields(text)) }
        mode = NetworkMode(fields[0].name)
        mac = flags.mac
        if !mac.isEmpty, MACAddress(mac)?.isUnicast != true { throw Failure(.invalid, "\(mac) is not a valid mac address") }
        let modes = fields.map { NetworkMode($0.name) }
        for (index, entry) in fields.enumerated() {
            if index == 0 { try Self.checkConflicts(entry, flags) }
            let own = index == 0 ? flags : Flags()
            note(entry.ip + own.ip, "IPv4")
            note(entry.ip6 + own.ip6, "IPv6")
            let attachment = try Self.attachment(entry, own, isUserDefined: modes[index].isUserDefined)
            if attachments.contains(where: { $0.network == attachment.network }) {
                throw Failure(.invalid, "network \(entry.name.quoted) is specified multiple times")
            }
            attachments.append(attachment)
        }
        if modes.count > 1, !modes.allSatisfy(\.isUserDefined) {
            throw Failure(.invalid, "conflicting options: cannot attach both user-defined and non-user-defined network-modes")
        }
        for link in flags.links where !mode.isUserDefined { links.append(try Self.link(link)) }
        // What belongs to no network stays on this one entry until the daemon's checks are done.
        if !mode.hasNetworks { (modeAttachment, attachments) = (attachments.first, []) }
    }

    private mutating func note(_ address: String, _ family: String) {
        if address.isEmpty || HostAddress(address) != nil || addressFailure != nil { return }
        addressFailure = Failure(.invalid, "invalid \(family) address: \(address)")
    }

    private static func checkConflicts(_ entry: NetworkFields, _ flags: Flags) throws(Failure) {
        func conflict(_ flag: String, _ what: String) -> Failure {
            Failure(.invalid, "conflicting options: cannot specify both \(flag) and per-network \(what)")
        }
        if !entry.aliases.isEmpty, !flags.aliases.isEmpty { throw conflict("--network-alias", "alias") }
        if !entry.ip.isEmpty, !flags.ip.isEmpty { throw conflict("--ip", "IPv4 address") }
        if !entry.ip6.isEmpty, !flags.ip6.isEmpty { throw conflict("--ip6", "IPv6 address") }
        if !entry.mac.isEmpty, !flags.mac.isEmpty { throw conflict("--mac-address", "MAC address") }
        if !entry.linkLocalIPs.isEmpty, !flags.linkLocalIPs.isEmpty { throw conflict("--link-local-ip", "link-local IP addresses") }
    }

    private static func attachment(_ entry: NetworkFields, _ flags: Flags, isUserDefined: Bool) throws(Failure) -> NetworkAttachment {
        let name = entry.name
        if name.utf8.allSatisfy({ $0 == 0x20 }) { throw Failure(.invalid, "no name set for network") }
        var attachment = NetworkAttachment(network: NetworkMode(name).text)
        attachment.aliases = entry.aliases + flags.aliases
        if !attachment.aliases.isEmpty, !isUserDefined {
            throw Failure(.invalid, "network-scoped aliases are only supported for user-defined networks")
        }
        for alias in attachment.aliases where !alias.isOneWord || alias.utf8.count > 253 {
            throw Failure(.invalid, "invalid network alias \(alias.quoted)")
        }
        (attachment.ip, attachment.ip6) = (HostAddress(entry.ip + flags.ip), HostAddress(entry.ip6 + flags.ip6))
        for text in entry.linkLocalIPs + flags.linkLocalIPs {
            guard let address = HostAddress(text) else { throw Failure(.invalid, "invalid link-local IP address: \(text)") }
            attachment.linkLocal.append(address)
        }
        let mac = entry.mac + flags.mac
        attachment.mac = MACAddress(mac)
        if !mac.isEmpty, attachment.mac?.isUnicast != true { throw Failure(.invalid, "\(mac) is not a valid mac address") }
        attachment.driverOptions = entry.driverOptions.map { KeyValue($0.key, $0.value) }
        attachment.gatewayPriority = entry.gatewayPriority
        if isUserDefined { for text in flags.links { attachment.links.append(try link(text)) } }
        return attachment
    }

    /// `CONTAINER[:ALIAS]` with its alias.
    package static func link(_ text: String) throws(Failure) -> String {
        if text.isEmpty { throw Failure(.invalid, "empty string specified for links") }
        let parts = text.parts(":")
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else { throw Failure(.invalid, "bad format for links: \(text)") }
        return parts.count == 2 ? text : "\(text):\(text)"
    }

    /// The checks of docker's daemon.
    /// - Throws: `.invalid` with docker's texts.
    func checkMode() throws(Failure) {
        if let addressFailure { throw addressFailure }
        for attachment in modeAttachment.map({ [$0] }) ?? attachments {
            if let ip = attachment.ip, ip.isIPv6 { throw Failure(.invalid, "invalid IPv4 address: \(ip)") }
            if let ip = attachment.ip6, !ip.isIPv6 { throw Failure(.invalid, "invalid IPv6 address: \(ip)") }
            if !mode.isUserDefined, attachment.ip != nil || attachment.ip6 != nil {
                throw Failure(.invalid, "user specified IP address is supported on user defined networks only")
            }
        }
        switch mode {
        case .container(let name):
            if name.isEmpty { throw Failure(.invalid, "invalid network mode: invalid container format container:<name|id>") }
            if !links.isEmpty { throw conflict("container type network can't be used with links. This would result in undefined behavior") }
            if modeAttachment?.mac != nil { throw conflict("mac-address and the network mode") }
        case .host:
            if !links.isEmpty { throw conflict("host type networking can't be used with links. This would result in undefined behavior") }
            if modeAttachment?.mac != nil { throw conflict("mac-address and the network mode") }
        case .namespace(let path):
            if !path.isAbsolutePath { throw Failure(.invalid, "invalid network namespace \(path.quoted): it needs to be an absolute path") }
        default: break
        }
    }

    private func conflict(_ what: String) -> Failure { Failure(.invalid, "conflicting options: \(what)") }
}
