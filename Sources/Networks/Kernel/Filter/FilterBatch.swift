internal import LinuxSys
package import Primitives

/// One table of nf_tables as a whole: sent, it takes the place of a table of the same name in one step, so that no packet ever
/// meets half of it. Pure; `FilterSocket.commit` sends it.
package struct FilterBatch: Equatable, Sendable {
    package let family: FilterFamily
    package let table: String
    private(set) var out = NetlinkBytes()
    /// What each message does, by its sequence number.
    private(set) var steps: [String] = []
    private var sets: UInt32 = 0

    /// - Parameter replacing: false where no table of the name can be, as in a new namespace: if there is one after all, the
    ///   kernel refuses all with `.conflict`. Taking a table away keeps it busy for some 10 ms, for which closing the socket waits.
    package init(_ family: FilterFamily, table: String, replacing: Bool = true) {
        (self.family, self.table) = (family, table)
        let what = "table \"\(table)\""
        boundary(FilterMessage.batchBegin, what)
        if replacing {
            // Deleting what may not be there would fail; what was just added is there.
            message(FilterMessage.newTable, flags: NetlinkFlags.create, what) { _ in }
            message(FilterMessage.deleteTable, what) { _ in }
        }
        message(FilterMessage.newTable, flags: NetlinkFlags.create | NetlinkFlags.exclusive, what) { _ in }
    }

    /// What takes the table away; no failure when there is none.
    package static func removing(_ family: FilterFamily, table: String) -> FilterBatch {
        var batch = FilterBatch(family, table: table)
        batch.message(FilterMessage.deleteTable, "table \"\(table)\"") { _ in }
        return batch
    }

    /// A chain that packets pass at a hook.
    package mutating func chain(
        _ name: String, _ hook: FilterHook, _ priority: FilterPriority, type: String = "filter", drops: Bool = false
    ) {
        chain(name) { out in
            out.nested(4 /* NFTA_CHAIN_HOOK */) { out in
                out.attribute(1, hook.rawValue.bigEndian)
                out.attribute(2, priority.rawValue.bigEndian)
            }
            out.attribute(5 /* NFTA_CHAIN_POLICY */, UInt32(drops ? 0 : 1).bigEndian)
            out.attribute(7 /* NFTA_CHAIN_TYPE */, text: type)
        }
    }

    /// A chain that rules jump to.
    package mutating func chain(_ name: String) { chain(name) { _ in } }

    private mutating func chain(_ name: String, _ body: (inout NetlinkBytes) -> Void) {
        message(FilterMessage.newChain, flags: NetlinkFlags.create, "chain \"\(name)\"") { out in
            out.attribute(3, text: name)
            body(&out)
        }
    }

    /// A rule at the end of a chain: all its conditions, then its actions.
    package mutating func rule(_ chain: String, _ expressions: [FilterExpression]...) {
        let all = expressions.joined()
        message(FilterMessage.newRule, flags: NetlinkFlags.create | NetlinkFlags.append, "a rule of chain \"\(chain)\"") { out in
            out.attribute(2, text: chain)
            out.nested(4 /* NFTA_RULE_EXPRESSIONS */) { out in
                for expression in all { out.append(expression) }
            }
        }
    }

    /// Names of devices.
    package mutating func set(_ name: String, devices: [String]) {
        set(name, .device, Array(Set(devices)).sorted().map { (Self.deviceKey($0), false) })
    }

    /// Subnets of one family, others are left out; what overlaps or adjoins becomes one range.
    package mutating func set(_ name: String, subnets: [IPSubnet], v6: Bool) {
        set(name, v6 ? .ipv6 : .ipv4, AddressRange.merged(subnets.filter { $0.isIPv6 == v6 }).flatMap(\.bounds), intervals: true)
    }

    private mutating func set(_ name: String, _ key: FilterKey, _ elements: [(bytes: [UInt8], isEnd: Bool)], intervals: Bool = false) {
        sets += 1
        let number = sets
        message(FilterMessage.newSet, flags: NetlinkFlags.create, "set \"\(name)\"") { out in
            out.attribute(2, text: name)
            out.attribute(3 /* FLAGS */, UInt32(intervals ? 0x6 : 0x2 /* CONSTANT, INTERVAL */).bigEndian)
            out.attribute(4 /* KEY_TYPE */, key.number.bigEndian)
            out.attribute(5 /* KEY_LEN */, UInt32(key.size).bigEndian)
            out.attribute(10 /* ID */, number.bigEndian)
            // For nft(8) alone, which would show names as numbers the wrong way round: the keys are in the order of this machine.
            if case .device = key { out.attribute(13 /* USERDATA */, [0, 4, 1, 0, 0, 0]) }
        }
        // An attribute holds 64 KiB at most: no more than 1,000 elements of 40 bytes at once.
        for start in stride(from: 0, to: elements.count, by: 1000) {
            message(FilterMessage.newElements, flags: NetlinkFlags.create, "set \"\(name)\"") { out in
                out.attribute(2, text: name)
                out.attribute(4 /* SET_ID */, number.bigEndian)
                out.nested(3 /* ELEMENTS */) { out in
                    for element in elements[start..<min(start + 1000, elements.count)] { out.append(element) }
                }
            }
        }
    }

    /// A device's name as the kernel compares it: 16 bytes. Longer names do not exist.
    package static func deviceKey(_ name: String) -> [UInt8] {
        let bytes = Array(name.utf8.prefix(15))
        return bytes + [UInt8](repeating: 0, count: 16 - bytes.count)
    }

    private mutating func message(_ type: UInt16, flags: UInt16 = 0, _ what: String, _ body: (inout NetlinkBytes) -> Void) {
        let (family, table) = (family.rawValue, table)
        let all = NetlinkFlags.request | flags
        out.message(type, flags: all, sequence: UInt32(steps.count)) { out in
            out.filterHead(family, resource: 0)
            out.attribute(1 /* NFTA_*_TABLE, first of everything */, text: table)
            body(&out)
        }
        steps.append(what)
    }

    private mutating func boundary(_ type: UInt16, _ what: String) {
        out.message(type, flags: NetlinkFlags.request, sequence: UInt32(steps.count)) {
            $0.filterHead(0, resource: FilterMessage.subsystem)
        }
        steps.append(what)
    }

    /// Everything, with the end that makes the kernel do it.
    var whole: [UInt8] {
        var copy = self
        copy.out.acknowledgeLast()
        copy.boundary(FilterMessage.batchEnd, "")
        return copy.out.bytes
    }
}

extension NetlinkBytes {
    /// An element of a set; an end is the first key beyond the range before it.
    fileprivate mutating func append(_ element: (bytes: [UInt8], isEnd: Bool)) {
        nested(1 /* NFTA_LIST_ELEM */) { out in
            out.nested(1 /* NFTA_SET_ELEM_KEY */) { $0.attribute(1, element.bytes) }
            if element.isEnd { out.attribute(3 /* FLAGS */, UInt32(1 /* INTERVAL_END */).bigEndian) }
        }
    }

    /// struct nfgenmsg.
    fileprivate mutating func filterHead(_ family: UInt8, resource: UInt16) {
        append(family)
        append(UInt8(0))
        append(resource.bigEndian)
    }
}
