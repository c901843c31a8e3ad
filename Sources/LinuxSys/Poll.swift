import CShim
import Glibc
package import Primitives

/// poll(2) over borrowed descriptors.
package struct Poll {
    package enum Interest: Sendable { case read, write }
    private var entries: [pollfd] = []

    package init() {}

    package mutating func add(_ descriptor: Int32, _ interest: Interest) {
        entries.append(pollfd(fd: descriptor, events: Int16(interest == .read ? POLLIN : POLLOUT), revents: 0))
    }

    /// Waits; -1 waits for ever. A signal ends the wait like a timeout.
    package mutating func wait(milliseconds: Int32 = -1) {
        if poll(&entries, nfds_t(entries.count), milliseconds) <= 0 {
            for index in entries.indices { entries[index].revents = 0 }
        }
    }

    /// Whether a read would not wait, now.
    package static func isReadable(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// Ready, at its end, or broken.
    package func isReady(_ descriptor: Int32, _ interest: Interest) -> Bool {
        let events = Int16(interest == .read ? POLLIN : POLLOUT)
        return entries.contains { $0.fd == descriptor && $0.events == events && $0.revents != 0 }
    }
}

/// Signals taken as data: blocked for the process and read from here. The former mask comes back in `deinit`.
package struct SignalQueue: ~Copyable {
    package let descriptor: Descriptor
    private var before: sigset_t

    package init(_ signals: [Int32]) throws(Failure) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &set, &before)
        self.before = before
        descriptor = Descriptor(owning: try call("watching signals") { signalfd(-1, &set, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK)) })
    }

    deinit {
        var mask = before
        pthread_sigmask(SIG_SETMASK, &mask, nil)
    }

    /// The next signal, `nil` when none waits.
    package func next() -> Int32? {
        var info = signalfd_siginfo()
        guard read(descriptor.raw, &info, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size else { return nil }
        return Int32(info.ssi_signo)
    }
}
