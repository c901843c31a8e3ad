/// The answer of a resolver, read only as far as it must be: the rest is for the container, who asked.
enum DNSAnswer {
    enum Verdict: Equatable {
        /// Not an answer to this question.
        case lie
        /// The resolver could not say; another one may.
        case failure
        case answer(isTruncated: Bool)
    }

    /// The identifier has been compared already.
    static func check(_ bytes: [UInt8], _ question: DNSQuestion) -> Verdict {
        guard bytes.count >= DNSMessage.headerBytes else { return .lie }
        let flags = DNSMessage.word(bytes, 2)
        guard flags & DNSMessage.Flag.response != 0, flags & DNSMessage.Flag.opcode == 0 else { return .lie }
        let isFailure = ![DNSMessage.Code.noError.rawValue, DNSMessage.Code.nameError.rawValue].contains(flags & 15)
        // Some resolvers leave the question out when they fail.
        if DNSMessage.word(bytes, 4) == 0 { return isFailure ? .failure : .lie }
        guard DNSMessage.word(bytes, 4) == 1, let (answered, _) = DNSQuery.question(bytes), answered.kind == question.kind,
            answered.group == question.group, answered.name.folded == question.name.folded
        else { return .lie }
        return isFailure ? .failure : .answer(isTruncated: flags & DNSMessage.Flag.truncated != 0)
    }

    /// The answer as this client must see it: with its identifier, the case of its question, and not longer than it takes.
    static func adapt(_ bytes: [UInt8], to query: DNSQuery, bytesMax: Int) -> [UInt8] {
        let question = query.question.wire
        let start = DNSMessage.headerBytes
        var out = bytes
        out.setWord(query.identifier, at: 0)
        guard DNSMessage.word(bytes, 4) == 1, bytes.count >= start + question.count else {
            return DNSReply.make(query, .serverFailure, bytesMax: bytesMax)
        }
        out.replaceSubrange(start..<(start + question.count), with: question)
        return out.count <= bytesMax ? out : cut(out, query, behind: start + question.count, bytesMax: bytesMax)
    }

    /// As many records of the answer section as fit, and nothing behind it.
    private static func cut(_ bytes: [UInt8], _ query: DNSQuery, behind start: Int, bytesMax: Int) -> [UInt8] {
        let options = query.edns.map { DNSReply.options(wantsSignatures: $0.wantsSignatures) } ?? []
        var (end, count) = (start, UInt16(0))
        while count < DNSMessage.word(bytes, 6), let record = DNSRecordPlace(bytes, at: end), record.end + options.count <= bytesMax {
            (end, count) = (record.end, count + 1)
        }
        var out = Array(bytes[..<end])
        out[2] |= UInt8(DNSMessage.Flag.truncated >> 8)
        for (index, value) in [(6, count), (8, 0), (10, options.isEmpty ? 0 : 1)] { out.setWord(value, at: index) }
        return out + options
    }
}
