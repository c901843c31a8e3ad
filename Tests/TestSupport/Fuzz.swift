import LinuxSys

/// Damaged inputs made from kept seeds: the same on every run. `PROA_FUZZ_SECONDS` goes on with others for that long.
/// `make fuzz` runs the suites whose names end with FuzzTests.
package struct Fuzz {
    /// Numbers of rounds: `count`, then more while there is time.
    package static func rounds(_ count: Int, _ body: (UInt64) throws -> Void) rethrows {
        let seconds = Process.environment("PROA_FUZZ_SECONDS").flatMap { Int64($0) } ?? 0
        let end = Clock.monotonicNanoseconds() + seconds * 1_000_000_000
        var round: UInt64 = 0
        while round < count || (seconds > 0 && Clock.monotonicNanoseconds() < end) {
            try body(round)
            round += 1
        }
    }

    /// Small numbers that follow from a seed.
    package struct Random: RandomNumberGenerator {
        private var state: UInt64
        package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
        package mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private let seeds: [[UInt8]]
    private let words: [[UInt8]]

    /// - Parameters:
    ///   - seeds: good inputs, and bad ones that once found a mistake.
    ///   - words: what is put in now and then.
    package init(_ seeds: [[UInt8]], words: [String] = []) {
        self.seeds = seeds
        self.words = words.map { Array($0.utf8) } + seeds
    }

    package init(_ seeds: [String], words: [String] = []) { self.init(seeds.map { Array($0.utf8) }, words: words) }

    /// Runs `body` with every seed as it is and then with damaged ones.
    package func run(rounds: Int, _ body: ([UInt8]) throws -> Void) rethrows {
        for seed in seeds { try body(seed) }
        try Fuzz.rounds(rounds) { round in
            var random = Random(seed: round)
            try body(damaged(&random))
        }
    }

    private func damaged(_ random: inout Random) -> [UInt8] {
        var bytes = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            case 1: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0..<16, using: &random)))
            case 3: bytes.removeSubrange(place...)
            case 4:
                let piece = bytes[place..<min(bytes.count, place + Int.random(in: 0..<64, using: &random))]
                bytes.insert(contentsOf: Array(piece), at: Int.random(in: 0...bytes.count, using: &random))
            case 5: if let word = words.randomElement(using: &random) { bytes.insert(contentsOf: word.prefix(4096), at: place) }
            default: if place < bytes.count { bytes[place] = Array("0123456789.:/@-_\"{}[],\\ \n".utf8).randomElement(using: &random) ?? 0 }
            }
        }
        return bytes
    }
}
