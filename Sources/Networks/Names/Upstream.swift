internal import LinuxSys
internal import Primitives

/// Asks resolvers for containers. Every question has an identifier and a port that nobody can guess; an answer that is not to
/// it is not heard. Nobody waits for anybody else's question.
final class Upstream {
    /// Nanoseconds, and counts.
    struct Limits {
        /// One resolver has this long before the next one is asked.
        var tryNanoseconds: UInt64 = 2_000_000_000
        /// A question that found no answer in this time never does.
        var totalNanoseconds: UInt64 = 10_000_000_000
        /// One that let a question pass, and said nothing to others meanwhile, is asked last for so long.
        var slowNanoseconds: UInt64 = 5_000_000_000
        /// Callers that wait for an answer.
        var waitingMax = 16384
        /// Sockets with a port of their own; beyond, questions share one.
        var socketsMax = min(4096, DescriptorLimit.current / 4)
    }

    /// Makes a socket that hears one resolver.
    typealias Connect = (Socket.Kind, Resolver) throws(Failure) -> Descriptor

    let loop: EventLoop
    let file: ResolverFile
    let connect: Connect
    let limits: Limits

    var sockets: [Resolver: [UpstreamSocket]] = [:]
    var socketsOpen = 0
    var heard: [Resolver: UInt64] = [:]
    private var slowUntil: [Resolver: UInt64] = [:]
    private var exchanges: [UpstreamQuery: Exchange] = [:]
    private var running: [UInt64: Exchange] = [:]
    private var number: UInt64 = 0
    private(set) var waiting = 0

    /// All tries have equally long, so the first that began is the first that ends.
    private var deadlines: [(due: UInt64, number: UInt64, tries: Int)] = []
    private var passed = 0
    private var isTicking = false

    init(_ loop: EventLoop, file: ResolverFile, limits: Limits = Limits(), connect: @escaping Connect) {
        (self.loop, self.file, self.limits, self.connect) = (loop, file, limits, connect)
    }

    static func now() -> UInt64 { UInt64(Clock.monotonicNanoseconds()) }

    /// - Parameter answer: called once, perhaps before this returns; `nil`: nobody answered.
    func ask(_ query: UpstreamQuery, _ answer: @escaping ([UInt8]?) -> Void) {
        guard waiting < limits.waitingMax else { return answer(nil) }
        waiting += 1
        if let exchange = exchanges[query] {
            exchange.answers.append(answer)
            return
        }
        number += 1
        let exchange = Exchange(query, number: number, started: Self.now(), answer)
        exchanges[query] = exchange
        running[number] = exchange
        proceed(exchange)
    }

    /// Asks the next resolver, until one can be asked; ends when there is none.
    func proceed(_ exchange: Exchange) {
        while true {
            exchange.release()
            let now = Self.now()
            guard now + limits.tryNanoseconds <= exchange.started + limits.totalNanoseconds, let resolver = choose(exchange, now) else {
                return finish(exchange, exchange.fallback)
            }
            exchange.tries += 1
            exchange.asked[resolver, default: 0] += 1
            exchange.begun = now
            do throws(Failure) {
                exchange.current = try start(exchange, resolver)
                return wait(exchange, now)
            } catch { exchange.failed.insert(resolver) }
        }
    }

    /// A message came from the resolver that was asked.
    func take(_ bytes: [UInt8], isCut: Bool, _ exchange: Exchange) {
        guard let current = exchange.current else { return }
        let resolver = current.resolver
        switch DNSAnswer.check(bytes, exchange.query.question) {
        case .lie:
            // Somebody else's datagram; the true one may still come. A stream has no second one.
            if current.isStream { fail(exchange, resolver) }
        case .failure:
            heard[resolver] = Self.now()
            exchange.fallback = exchange.fallback ?? bytes
            fail(exchange, resolver)
        case .answer(let isTruncated):
            heard[resolver] = Self.now()
            slowUntil[resolver] = nil
            guard (isTruncated || isCut) && !current.isStream else { return finish(exchange, bytes) }
            exchange.preferStream(of: resolver, keeping: isCut ? nil : bytes)
            proceed(exchange)
        }
    }

    /// The resolver cannot or will not answer this question.
    func fail(_ exchange: Exchange, _ resolver: Resolver) {
        exchange.failed.insert(resolver)
        proceed(exchange)
    }

    private func finish(_ exchange: Exchange, _ bytes: [UInt8]?) {
        exchange.release()
        exchanges[exchange.query] = nil
        running[exchange.number] = nil
        waiting -= exchange.answers.count
        for answer in exchange.answers { answer(bytes) }
    }

    /// In the order of the list; who was asked already, or hangs, comes later.
    private func choose(_ exchange: Exchange, _ now: UInt64) -> Resolver? {
        if let resolver = exchange.streamOf {
            exchange.streamOf = nil
            exchange.isStream = true
            return resolver
        }
        exchange.isStream = exchange.query.isStream
        let all =
            switch exchange.query.resolvers {
            case .host: file.current()
            case .chosen(let resolvers): resolvers
            }
        func rank(_ resolver: Resolver) -> (Int, Int) {
            (exchange.asked[resolver] ?? 0, (slowUntil[resolver] ?? 0) > now ? 1 : 0)
        }
        // With something in hand nobody is asked a second time.
        let hasFallback = exchange.fallback != nil
        return all.filter { !exchange.failed.contains($0) && !(hasFallback && exchange.asked[$0] != nil) }.min { rank($0) < rank($1) }
    }

    private func start(_ exchange: Exchange, _ resolver: Resolver) throws(Failure) -> any UpstreamTry {
        if exchange.isStream { return try UpstreamStream(self, resolver, exchange) }
        return try UpstreamSocket.take(self, resolver).add(exchange)
    }
}

extension Upstream {
    private func wait(_ exchange: Exchange, _ now: UInt64) {
        deadlines.append((now + limits.tryNanoseconds, exchange.number, exchange.tries))
        tick()
    }

    private func tick() {
        guard !isTicking, passed < deadlines.count else { return }
        isTicking = true
        let now = Self.now()
        let due = deadlines[passed].due
        // One alarm for many questions: those of the next 10 ms may wait for each other.
        loop.after(milliseconds: (due > now ? (due - now) / 1_000_000 : 0) + 10) { [weak self] in
            self?.isTicking = false
            self?.expire()
        }
    }

    private func expire() {
        let now = Self.now()
        while passed < deadlines.count, deadlines[passed].due <= now {
            let (_, number, tries) = deadlines[passed]
            passed += 1
            guard let exchange = running[number], exchange.tries == tries, let current = exchange.current else { continue }
            if (heard[current.resolver] ?? 0) < exchange.begun { slowUntil[current.resolver] = now + limits.slowNanoseconds }
            proceed(exchange)
        }
        if passed > 1024, passed * 2 > deadlines.count {
            deadlines.removeFirst(passed)
            passed = 0
        }
        tick()
    }
}
