import CShim
import Glibc
package import Primitives

/// epoll(7) for one thread: descriptors and timers, each with what to do. Descriptors are borrowed; whoever owns one removes
/// it here before closing it. Not to be shared between threads.
package final class EventLoop {
    package struct Events: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let readable = Events(rawValue: EPOLLIN.rawValue)
        package static let writable = Events(rawValue: EPOLLOUT.rawValue)
        /// The other side has ended its direction (EPOLLRDHUP).
        package static let ended = Events(rawValue: EPOLLRDHUP.rawValue)
        /// Reported always: an error, or both directions at their end.
        package static let broken = Events(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
        /// Told once per change, not as long as it is so.
        package static let edges = Events(rawValue: EPOLLET.rawValue)
    }

    package struct Timer: Hashable, Sendable { fileprivate let number: UInt64 }
    private struct Watch {
        let generation: UInt32
        let handler: (Events) -> Void
    }
    private struct Alarm {
        let due: UInt64
        let timer: Timer
        let body: () -> Void
    }

    private let poll: Descriptor
    private var watches: [Int32: Watch] = [:]
    /// Sorted, the next one last.
    private var alarms: [Alarm] = []
    private var generation: UInt32 = 0
    private var timers: UInt64 = 0
    private var stopped = false

    package init() throws(Failure) {
        poll = Descriptor(owning: try call("making an event queue") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Calls `handler` with what is so; the same descriptor must not be added twice.
    package func add(_ descriptor: Int32, _ events: Events, _ handler: @escaping (Events) -> Void) throws(Failure) {
        generation &+= 1
        try control(EPOLL_CTL_ADD, descriptor, events, generation)
        watches[descriptor] = Watch(generation: generation, handler: handler)
    }

    /// Waits for other events of a descriptor that was added.
    package func change(_ descriptor: Int32, _ events: Events) throws(Failure) {
        guard let watch = watches[descriptor] else { return }
        try control(EPOLL_CTL_MOD, descriptor, events, watch.generation)
    }

    /// Events that were collected before are dropped, even when another descriptor got the number meanwhile.
    package func remove(_ descriptor: Int32) {
        guard watches.removeValue(forKey: descriptor) != nil else { return }
        _ = epoll_ctl(poll.raw, EPOLL_CTL_DEL, descriptor, nil)
    }

    @discardableResult
    package func after(milliseconds: UInt64, _ body: @escaping () -> Void) -> Timer {
        timers += 1
        let alarm = Alarm(due: UInt64(Clock.monotonicNanoseconds()) + milliseconds * 1_000_000, timer: Timer(number: timers), body: body)
        alarms.insert(alarm, at: alarms.firstIndex { $0.due <= alarm.due } ?? alarms.count)
        return alarm.timer
    }

    package func cancel(_ timer: Timer) { alarms.removeAll { $0.timer == timer } }

    /// Until `stop`.
    package func run() {
        var ready = [epoll_event](repeating: epoll_event(), count: 256)
        stopped = false
        while !stopped {
            let count = epoll_wait(poll.raw, &ready, Int32(ready.count), patience())
            let now = UInt64(Clock.monotonicNanoseconds())
            while !stopped, let next = alarms.last, next.due <= now {
                alarms.removeLast()
                next.body()
            }
            for event in ready.prefix(Int(max(count, 0))) where !stopped {
                let (descriptor, number) = (Int32(truncatingIfNeeded: event.data.u64 & 0xFFFF_FFFF), UInt32(event.data.u64 >> 32))
                guard let watch = watches[descriptor], watch.generation == number else { continue }
                watch.handler(Events(rawValue: event.events))
            }
        }
    }

    package func stop() { stopped = true }

    private func patience() -> Int32 {
        guard let next = alarms.last else { return -1 }
        let now = UInt64(Clock.monotonicNanoseconds())
        return next.due <= now ? 0 : Int32(min((next.due - now + 999_999) / 1_000_000, 1 << 30))
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: Events, _ generation: UInt32) throws(Failure) {
        var event = epoll_event(
            events: events.rawValue, data: epoll_data_t(u64: UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))))
        try call("watching a descriptor") { epoll_ctl(poll.raw, operation, descriptor, &event) }
    }
}
