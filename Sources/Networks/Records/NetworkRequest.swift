internal import Primitives

/// A network that somebody wants. Texts are as typed; `NetworkStore.create` checks them.
package struct NetworkRequest: Equatable, Sendable {
    /// One subnet as docker's client puts it together from `--subnet`, `--ip-range`, `--gateway` and `--aux-address`.
    package struct Pool: Equatable, Sendable {
        package var subnet: String
        package var range: String?
        package var gateway: String?
        package var auxiliary: [String: String] = [:]

        package init(subnet: String, range: String? = nil, gateway: String? = nil, auxiliary: [String: String] = [:]) {
            (self.subnet, self.range, self.gateway, self.auxiliary) = (subnet, range, gateway, auxiliary)
        }
    }

    package var name: String
    package var driver = NetworkRecord.Driver.bridge
    package var pools: [Pool] = []
    package var isInternal = false
    package var isAttachable = false
    package var enablesIPv4 = true
    package var enablesIPv6 = false
    package var options: [String: String] = [:]
    package var labels: [String: String] = [:]

    package init(name: String) { self.name = name }
}

extension NetworkRequest.Pool {
    /// The pool with every text read, each within its subnet.
    /// - Throws: `.invalid` with docker's texts.
    func checked() throws(Failure) -> AddressPool {
        guard let given = IPSubnet.split(subnet), let net = IPSubnet(given.address, bits: given.bits) else {
            throw Failure(.invalid, "invalid subnet \(subnet): invalid CIDR block notation")
        }
        guard net.address == given.address else { throw Failure(.invalid, "invalid subnet \(subnet): it should be \(net)") }
        var pool = AddressPool(subnet: net, gateway: nil)
        pool.isChosenByUser = true
        pool.showsGateway = gateway != nil
        if let range { pool.range = try checkedRange(range, net) }
        if let gateway { pool.gateway = try address(gateway, net, of: "gateway \(gateway)") }
        for (name, text) in auxiliary.sorted(by: { $0.key < $1.key }) {
            pool.auxiliary[name] = try address(text, net, of: "auxiliary address \(name)")
        }
        return pool
    }

    private func checkedRange(_ text: String, _ net: IPSubnet) throws(Failure) -> IPSubnet {
        func invalid(_ reason: String) -> Failure { Failure(.invalid, "invalid ip-range \(text): \(reason)") }
        guard let given = IPSubnet.split(text), let range = IPSubnet(given.address, bits: given.bits) else {
            throw invalid("invalid CIDR block notation")
        }
        if range.isIPv6 != net.isIPv6 { throw invalid("parent subnet is an \(net.family) block") }
        if range.bits < net.bits { throw invalid("CIDR block is bigger than its parent subnet \(net)") }
        if range.address != given.address { throw invalid("it should be \(range)") }
        if !net.contains(range.address) { throw invalid("parent subnet \(net) doesn't contain ip-range") }
        return range
    }

    private func address(_ text: String, _ net: IPSubnet, of what: String) throws(Failure) -> HostAddress {
        guard let address = HostAddress(text) else { throw Failure(.invalid, "invalid \(what): invalid address") }
        if address.isIPv6 != net.isIPv6 { throw Failure(.invalid, "invalid \(what): parent subnet is an \(net.family) block") }
        guard net.contains(address) else {
            throw Failure(.invalid, "invalid \(what): parent subnet \(net) doesn't contain this address")
        }
        return address
    }
}

extension IPSubnet {
    var family: String { isIPv6 ? "IPv6" : "IPv4" }
}
