/// A command that docker knows by a noun and a verb (`container ls`), and often by a short word too (`ps`).
struct CommandForm {
    let verb: Verb
    /// The short word, or nil.
    let top: String?
    let noun: String
    /// The words below the noun; the first is the preferred one.
    let words: [String]
    let category: CommandCategory
    private var body: CommandSpec

    init(
        _ verb: Verb, _ top: String?, noun: String, words: [String] = [], _ summary: String, usage: String,
        _ operands: some RangeExpression<Int>, _ options: @autoclosure @escaping @Sendable () -> [OptionSpec] = [],
        category: CommandCategory = .commands, completes: CompletionSource = .nothing, details: String = ""
    ) {
        self.verb = verb
        self.top = top
        self.noun = noun
        self.words = words.isEmpty ? [top].compactMap { $0 } : words
        self.category = category
        let range = operands.relative(to: 0..<Int.max)
        body = CommandSpec([], verb: verb, summary)
        body.usage = usage
        body.operandsMin = range.lowerBound
        body.operandsMax = range.upperBound == Int.max ? nil : range.upperBound - 1
        body.makeOptions = options
        body.completes = completes
        body.details = details
    }

    func optionsEndAtFirstOperand() -> CommandForm {
        var copy = self
        copy.body.optionsEndAtFirstOperand = true
        return copy
    }

    /// `container ls`, reached by its other words too.
    var underNoun: CommandSpec {
        var command = body
        command.path = [noun, words[0]]
        command.otherWords = Array(words.dropFirst())
        command.aliases = spellings
        return command
    }

    /// `ps`, where there is such a word.
    var onTop: CommandSpec? {
        guard let top else { return nil }
        var command = body
        command.path = [top]
        command.aliases = spellings
        command.category = category
        return command
    }

    private var spellings: [[String]] {
        let all = words.map { [noun, $0] } + (top.map { [[$0]] } ?? [])
        return all.count > 1 ? all : []
    }
}
