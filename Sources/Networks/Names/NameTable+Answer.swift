internal import Primitives

extension NameTable {
    /// What becomes of a question.
    enum Decision: Equatable {
        case answer(DNSMessage.Code, [DNSRecord])
        /// Nobody's name here: the host's resolvers are asked.
        case forward
    }

    /// A name of a container is never told to the outside, whatever is asked about it; nor an address of its own networks.
    /// - Parameter turn: with which of several addresses the answer begins.
    func decide(_ query: DNSQuery, _ scope: Scope, turn: Int) -> Decision {
        let question = query.question
        if let edns = query.edns, edns.version > 0 { return .answer(.badVersion, []) }
        switch question.kind {
        // Answers of many messages, about whole zones, of which there are none.
        case DNSMessage.Kind.transfer, DNSMessage.Kind.incrementalTransfer: return .answer(.refused, [])
        case DNSMessage.Kind.options: return .answer(.formatError, [])
        default: break
        }
        if question.group == DNSMessage.internet || question.group == DNSMessage.anyClass {
            if let local = local(question, scope, turn) { return local }
        }
        return reachesOutside(scope) ? .forward : .answer(.serverFailure, [])
    }

    private func local(_ question: DNSQuestion, _ scope: Scope, _ turn: Int) -> Decision? {
        if let key = NameKey(question.name) {
            let found = addresses(of: key, scope) { Self.isWanted($0, question.kind) }
            if let found { return .answer(.noError, Self.rotated(found, turn).map { .address($0) }) }
        }
        guard let address = question.name.reversedAddress else { return nil }
        guard let name = name(of: address, for: scope).flatMap({ DNSName($0) }) else {
            return isInside(address, scope) ? .answer(.nameError, []) : nil
        }
        let isAsked = question.kind == DNSMessage.Kind.pointer || question.kind == DNSMessage.Kind.any
        return .answer(.noError, isAsked ? [.pointer(name)] : [])
    }

    private static func isWanted(_ address: HostAddress, _ kind: UInt16) -> Bool {
        kind == DNSMessage.Kind.any || kind == (address.isIPv6 ? DNSMessage.Kind.aaaa : DNSMessage.Kind.a)
    }

    private static func rotated(_ addresses: [HostAddress], _ turn: Int) -> [HostAddress] {
        guard addresses.count > 1 else { return addresses }
        let start = turn % addresses.count
        return Array(addresses[start...] + addresses[..<start])
    }
}
