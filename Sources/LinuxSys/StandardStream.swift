import CShim
import Glibc
package import Primitives

/// Descriptor 0, 1 or 2 of this process: borrowed, never closed. Another number stands for a borrowed
/// descriptor that somebody else owns.
package struct StandardStream: Equatable, Sendable {
    package let raw: Int32
    package init(_ raw: Int32) { self.raw = raw }
    package static let input = StandardStream(0)
    package static let output = StandardStream(1)
    package static let error = StandardStream(2)

    package var isTerminal: Bool { isatty(raw) == 1 }

    /// 0 at the end; EIO of a terminal that went away counts as the end.
    package func read(_ buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        do throws(Failure) { return try call("reading") { Glibc.read(raw, buffer.baseAddress, buffer.count) } } catch {
            if error.errno == EIO || error.errno == ECONNRESET { return 0 }
            throw error
        }
    }

    /// All of it, waiting for a non-blocking reader as long as it takes.
    package func write(_ buffer: UnsafeRawBufferPointer) throws(Failure) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(raw, part.baseAddress, part.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            } else if errno != EINTR {
                throw .kernel("writing", errno)
            }
        }
    }

    package func write(_ text: String) throws(Failure) {
        var copy = text
        let result = copy.withUTF8 { bytes -> Result<Void, Failure> in
            Result { () throws(Failure) in try write(UnsafeRawBufferPointer(bytes)) }
        }
        try result.get()
    }
}

extension Descriptor {
    /// Writes to a socket without SIGPIPE when the other side is gone.
    package func send(_ bytes: [UInt8]) throws(Failure) {
        var at = 0
        while at < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(raw, $0.baseAddress! + at, $0.count - at, Int32(MSG_NOSIGNAL)) }
            if count >= 0 {
                at += count
            } else if errno == EAGAIN {
                var entry = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            } else if errno != EINTR {
                throw .kernel("writing to a socket", errno)
            }
        }
    }

    /// Connects to a unix socket in a directory held open; the length of its path does not matter.
    package static func connect(to name: String, in directory: borrowing Directory) throws(Failure) -> Descriptor {
        let raw = directory.raw
        return Descriptor(owning: try shim("connecting to \"\(directory.path)/\(name)\"") { cs_connect_unix(raw, name) })
    }
}

/// Signals by number, and what a foreground command passes on.
package enum Signals {
    package static let windowChanged = SIGWINCH
    package static let childEnded = SIGCHLD
    package static let kill = SIGKILL
    package static let terminate = SIGTERM
    /// What a person or a supervisor sends to a foreground command.
    package static let forwarded: [Int32] = [
        SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGALRM, SIGTSTP, SIGIO, SIGPWR, SIGSYS, SIGTRAP, SIGABRT,
    ]

    /// A process that is already gone is no failure.
    package static func send(_ signal: Int32, to pid: Int32) { if pid > 0 { _ = Glibc.kill(pid, signal) } }

    package static func isBrokenPipe(_ failure: Failure) -> Bool { failure.errno == EPIPE || failure.errno == ECONNRESET }
    /// Signals of this set are ignored from now on.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}

extension StandardStream {
    /// One line without its end; `nil` at the end of input. Nothing beyond the line is read.
    package func readLine() -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while Glibc.read(raw, &byte, 1) == 1 {
            if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
            if bytes.count > 4096 { break }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
