internal import Primitives

/// A question as it goes out. Two that are equal have one answer.
struct UpstreamQuery: Hashable {
    /// In the case it was first asked.
    let question: DNSQuestion
    let flags: UInt16
    /// `nil`: without EDNS; else whether signatures are wanted.
    let signatures: Bool?
    let isStream: Bool
    let resolvers: Resolvers
    private let folded: [UInt8]

    init(_ query: DNSQuery, isStream: Bool, _ resolvers: Resolvers) {
        question = query.question
        flags = query.flags & (DNSMessage.Flag.recursionDesired | DNSMessage.Flag.authenticData | DNSMessage.Flag.checkingDisabled)
        signatures = query.edns.map(\.wantsSignatures)
        (self.isStream, self.resolvers) = (isStream, resolvers)
        folded = query.question.name.folded
    }

    static func == (left: UpstreamQuery, right: UpstreamQuery) -> Bool {
        left.folded == right.folded && left.question.kind == right.question.kind && left.question.group == right.question.group
            && left.flags == right.flags && left.signatures == right.signatures && left.isStream == right.isStream
            && left.resolvers == right.resolvers
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(folded)
        hasher.combine(question.kind)
        hasher.combine(isStream)
    }

    /// The message: ours from the first byte to the last, whatever the container's had in it.
    func message(_ identifier: UInt16) -> [UInt8] {
        var out = DNSReply.header(identifier, flags, questions: 1) + question.wire
        if let signatures {
            out += DNSReply.options(wantsSignatures: signatures)
            out.setWord(1, at: 10)
        }
        return out
    }
}

/// One question under way, for everybody who asked it.
final class Exchange {
    let query: UpstreamQuery
    let number: UInt64
    /// Nanoseconds of the clock that does not jump.
    let started: UInt64
    var begun: UInt64 = 0
    var answers: [([UInt8]?) -> Void]
    /// Tries that were begun; names the current one.
    var tries = 0
    var asked: [Resolver: Int] = [:]
    /// Not asked again.
    var failed: Set<Resolver> = []
    /// Better than nothing: a failure, or an answer that was cut.
    var fallback: [UInt8]?
    var isStream = false
    /// Who said that its answer needs a stream.
    var streamOf: Resolver?
    var current: (any UpstreamTry)?

    init(_ query: UpstreamQuery, number: UInt64, started: UInt64, _ answer: @escaping ([UInt8]?) -> Void) {
        (self.query, self.number, self.started, answers) = (query, number, started, [answer])
    }

    /// Once per question; then the cut answer has to do.
    func preferStream(of resolver: Resolver, keeping bytes: [UInt8]?) {
        if let bytes { fallback = bytes }
        failed.insert(resolver)
        streamOf = resolver
    }

    func release() {
        current?.end()
        current = nil
    }
}

/// A question on its way to one resolver.
protocol UpstreamTry {
    var resolver: Resolver { get }
    var isStream: Bool { get }
    /// Nothing of it is heard any more.
    func end()
}
