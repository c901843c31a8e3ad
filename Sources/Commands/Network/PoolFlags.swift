import CommandLine
import Networks
import Primitives

/// `--subnet`, `--ip-range`, `--gateway` and `--aux-address`: which belongs to which, as docker's client finds out.
struct PoolFlags {
    let subnets: [String]
    let ranges: [String]
    let gateways: [String]
    let auxiliary: [(key: String, value: String)]

    init(subnets: [String] = [], ranges: [String] = [], gateways: [String] = [], auxiliary: [(key: String, value: String)] = []) {
        (self.subnets, self.ranges, self.gateways, self.auxiliary) = (subnets, ranges, gateways, auxiliary)
    }

    init(_ options: ParsedOptions) {
        self.init(
            subnets: options.strings(.subnet), ranges: options.strings(.ipRange), gateways: options.strings(.gateway),
            auxiliary: options.pairs(.auxAddress))
    }

    /// - Throws: `.invalid` with docker's texts.
    func pools() throws(Failure) -> [NetworkRequest.Pool] {
        if subnets.count < ranges.count || subnets.count < gateways.count {
            throw Failure(.invalid, "every ip-range or gateway must have a corresponding subnet")
        }
        var pools: [NetworkRequest.Pool] = []
        for text in subnets {
            // A text that is no subnet is told when the network is made, as docker's daemon does.
            if let subnet = IPSubnet(text), pools.contains(where: { IPSubnet($0.subnet)?.overlaps(subnet) == true }) {
                throw Failure(.invalid, "multiple overlapping subnet configuration is not supported")
            }
            pools.append(NetworkRequest.Pool(subnet: text))
        }
        for text in ranges {
            guard let range = IPSubnet.split(text) else { throw Failure(.invalid, "invalid CIDR address: \(text)") }
            let index = try index(of: range.address, pools, "range \(text)")
            if let other = pools[index].range {
                throw Failure(.invalid, "cannot configure multiple ranges (\(text), \(other)) on the same subnet (\(pools[index].subnet))")
            }
            pools[index].range = text
        }
        for text in gateways {
            let index = try index(of: HostAddress(text), pools, "gateway \(text)")
            if let other = pools[index].gateway {
                throw Failure(
                    .invalid, "cannot configure multiple gateways (\(text), \(other)) for the same subnet (\(pools[index].subnet))")
            }
            pools[index].gateway = text
        }
        for (name, text) in auxiliary { pools[try index(of: HostAddress(text), pools, "aux-address \(text)")].auxiliary[name] = text }
        return pools
    }

    private func index(of address: HostAddress?, _ pools: [NetworkRequest.Pool], _ what: String) throws(Failure) -> Int {
        for (index, pool) in pools.enumerated() {
            guard let subnet = IPSubnet(pool.subnet) else {
                throw Failure(.invalid, "invalid subnet: invalid CIDR address: \(pool.subnet)")
            }
            if let address, subnet.contains(address) { return index }
        }
        throw Failure(.invalid, "no matching subnet for \(what)")
    }
}
