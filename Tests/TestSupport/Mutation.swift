import LinuxSys

/// Hostile texts made from good ones, the same on every run: what a parser must take or refuse without harm.
/// `PROA_FUZZ_SECONDS` goes on with other texts for as long, for each test.
package struct Mutation {
    private var state: UInt64
    private let seeds: [[UInt8]]
    /// Pieces with a meaning to the parser.
    private let words: [[UInt8]]

    package init(_ seeds: [String], words: [String], seed: UInt64 = 1) {
        self.seeds = seeds.map { Array($0.utf8) }
        self.words = words.map { Array($0.utf8) }
        state = seed
    }

    /// Runs `body` with texts: the seeds themselves, then `count` changed ones, then more while there is time.
    package static func run(_ seeds: [String], words: [String], count: Int = 3000, _ body: ([UInt8]) throws -> Void) rethrows {
        var mutation = Mutation(seeds, words: words)
        for seed in mutation.seeds { try body(seed) }
        for _ in 0..<count { try body(mutation.next()) }
        guard let seconds = Process.environment("PROA_FUZZ_SECONDS").flatMap({ Int64($0) }) else { return }
        let end = Clock.monotonicNanoseconds() + seconds * 1_000_000_000
        mutation.state = UInt64(bitPattern: Clock.nowNanoseconds())
        while Clock.monotonicNanoseconds() < end { try body(mutation.next()) }
    }

    private mutating func number(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(truncatingIfNeeded: (state >> 33) % UInt64(max(limit, 1)))
    }

    private mutating func next() -> [UInt8] {
        var text = seeds[number(seeds.count)]
        for _ in 0...number(4) {
            let place = number(text.count + 1)
            let length = min(number(12), text.count - place)
            switch number(7) {
            case 0: text.insert(contentsOf: words[number(words.count)], at: place)
            case 1: text.replaceSubrange(place..<place + length, with: words[number(words.count)])
            case 2: text.removeSubrange(place..<place + length)
            case 3: text.insert(contentsOf: text[place..<place + length], at: number(text.count + 1))
            case 4: if place < text.count { text[place] = UInt8(number(256)) }
            case 5: text.insert(contentsOf: [UInt8](repeating: UInt8(number(128)), count: number(300)), at: place)
            default: text = Array(text.prefix(place)) + seeds[number(seeds.count)].suffix(number(80))
            }
        }
        return text
    }
}
