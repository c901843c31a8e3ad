package import Primitives

/// One `--add-host NAME:ADDRESS`.
package struct HostEntry: Equatable, Sendable {
    package enum Address: Equatable, Sendable {
        case ip(String)
        /// Whatever leads to the host; known when the network is.
        case hostGateway
    }

    package let name: String
    package let address: Address

    /// The address begins after the first `:` and was checked to be one when the flag was read; `[…]` around it is taken off.
    /// - Throws: `.invalid` for what could not be one line of the file.
    package init(_ text: String) throws(Failure) {
        let (name, rest) = text.cut(":")
        var address = rest ?? ""
        if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
        let isAddress = address.utf8.allSatisfy { $0 < 0x80 && Character(Unicode.Scalar($0)).isHexDigit || [0x2e, 0x3a].contains($0) }
        guard name.isOneWord, !name.hasPrefix("#"), address == "host-gateway" || !address.isEmpty && isAddress else {
            throw Failure(.invalid, "bad format for add-host: \(text.quoted)")
        }
        self.name = name
        self.address = address == "host-gateway" ? .hostGateway : .ip(address)
    }
}

/// A container's /etc/hosts (hosts(5)).
package enum HostsFile {
    private static let common = """
        127.0.0.1\tlocalhost
        ::1\tlocalhost ip6-localhost ip6-loopback
        fe00::\tip6-localnet
        ff00::\tip6-mcastprefix
        ff02::1\tip6-allnodes
        ff02::2\tip6-allrouters

        """

    /// The container's own name stands there only with an address to go with it.
    /// - Parameter hostGateway: the address that leads to the host; nil without a network that does.
    /// - Throws: `.invalid` for `host-gateway` without such an address.
    package static func render(
        hostname: String, domainname: String = "", addresses: [String], extra: [HostEntry], hostGateway: String? = nil
    ) throws(Failure) -> String {
        var text = common
        for entry in extra {
            switch (entry.address, hostGateway) {
            case (.ip(let address), _), (.hostGateway, let address?): text += "\(address)\t\(entry.name)\n"
            case (.hostGateway, nil):
                throw Failure(.invalid, "\"\(entry.name):host-gateway\" needs a network that leads to the host, this container has none")
            }
        }
        let full = domainname.isEmpty ? hostname : hostname + "." + domainname
        let first = full.cut(".").head
        for address in addresses where !hostname.isEmpty {
            text += "\(address)\t\(full)\(first == full ? "" : " " + first)\n"
        }
        return text
    }
}
