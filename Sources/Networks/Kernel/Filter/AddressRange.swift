internal import Primitives

/// Addresses from `first` to `last`.
struct AddressRange: Equatable {
    let first: HostAddress
    var last: HostAddress

    /// The ranges that cover what the subnets cover, sorted, none touching another. All of one family.
    static func merged(_ subnets: [IPSubnet]) -> [AddressRange] {
        var out: [AddressRange] = []
        for subnet in subnets.sorted(by: { $0.address.bytes.lexicographicallyPrecedes($1.address.bytes) }) {
            guard let previous = out.last, !previous.endsBefore(subnet.address) else {
                out.append(AddressRange(first: subnet.address, last: subnet.last))
                continue
            }
            if previous.last.bytes.lexicographicallyPrecedes(subnet.last.bytes) { out[out.count - 1].last = subnet.last }
        }
        return out
    }

    /// With at least one address between.
    private func endsBefore(_ address: HostAddress) -> Bool {
        guard let next = last.advanced(by: 1) else { return false }
        return next.bytes.lexicographicallyPrecedes(address.bytes)
    }

    /// As nf_tables wants it: where it begins, and the first address beyond, if there is one.
    var bounds: [(bytes: [UInt8], isEnd: Bool)] {
        [(first.bytes, false)] + (last.advanced(by: 1).map { [($0.bytes, true)] } ?? [])
    }
}
