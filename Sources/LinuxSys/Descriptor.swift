import CShim
import Glibc
package import Primitives

/// An owned file descriptor: close-on-exec from birth, closed in `deinit`. Consuming hands it on.
package struct Descriptor: ~Copyable {
    /// The number, for a call made while this value lives. Never closed by the caller.
    package let raw: Int32

    /// Takes ownership of an open descriptor.
    package init(owning raw: Int32) { self.raw = raw }

    deinit { _ = Glibc.close(raw) }

    /// Gives the number up: the caller closes it.
    package consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    /// A second descriptor of the same open file.
    package func duplicate() throws(Failure) -> Descriptor {
        Descriptor(owning: try call("duplicating a descriptor") { cs_fcntl_dup(raw) })
    }

    /// Closes and reports what `close(2)` says: a failed flush is an error on the write path.
    package consuming func close() throws(Failure) {
        let raw = release()
        // EINTR on Linux means closed; repeating could close somebody else's descriptor.
        if Glibc.close(raw) == -1, errno != EINTR { throw .kernel("closing", errno) }
    }
}

extension Descriptor {
    /// Reads at most `buffer.count` bytes; 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        try call("reading") { Glibc.read(raw, buffer.baseAddress, buffer.count) }
    }

    /// Writes all of `buffer`, in as many calls as the kernel wants.
    package func write(_ buffer: UnsafeRawBufferPointer) throws(Failure) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = try call("writing") { Glibc.write(raw, part.baseAddress, part.count) }
            rest = rest.dropFirst(count)
        }
    }

    package func write(_ bytes: [UInt8]) throws(Failure) {
        try bytes.withUnsafeBytes { buffer -> Result<Void, Failure> in
            Result { () throws(Failure) in try write(buffer) }
        }.get()
    }

    package func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

    /// Everything from the current position to the end.
    /// - Parameter limit: more bytes than this is `.corrupt`: files from outside are never read without a bound.
    /// - Parameter stopAtLimit: `limit` bytes are all that is asked for; the rest stays unread.
    package func readAll(limit: Int = 64 << 20, stopAtLimit: Bool = false) throws(Failure) -> [UInt8] {
        var out: [UInt8] = []
        var status = stat()
        if fstat(raw, &status) == 0, status.st_size > 0, status.st_size <= limit { out.reserveCapacity(Int(status.st_size) + 1) }
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let result = chunk.withUnsafeMutableBytes { buffer -> Result<Int, Failure> in
                let room = stopAtLimit ? min(buffer.count, limit - out.count) : buffer.count
                return Result { () throws(Failure) in try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room])) }
            }
            let count = try result.get()
            if count == 0 { return out }
            if out.count + count > limit { throw Failure(.corrupt, "larger than \(limit) bytes") }
            out.append(contentsOf: chunk[..<count])
        }
    }

    /// fsync(2): data and metadata are on the disk when this returns.
    package func sync() throws(Failure) { try call("syncing") { fsync(raw) } }

    /// syncfs(2): everything of the file system that holds this file.
    package func syncFileSystem() throws(Failure) { try call("syncing the file system") { syncfs(raw) } }
}

/// Two connected ends. Consume the pair to hand them on one by one.
package struct DescriptorPair: ~Copyable {
    package let first: Descriptor
    package let second: Descriptor

    /// A pipe: `first` is the read end, `second` the write end.
    package static func pipe() throws(Failure) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        try call("making a pipe") { pipe2(&ends, O_CLOEXEC) }
        return DescriptorPair(first: Descriptor(owning: ends[0]), second: Descriptor(owning: ends[1]))
    }

    /// A connected pair of unix stream sockets.
    package static func sockets() throws(Failure) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        try call("making a socket pair") { socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &ends) }
        return DescriptorPair(first: Descriptor(owning: ends[0]), second: Descriptor(owning: ends[1]))
    }

    /// Keeps the first end; the other is closed.
    package consuming func closingSecond() -> Descriptor { first }
    /// Keeps the second end; the other is closed.
    package consuming func closingFirst() -> Descriptor { second }
}

extension Descriptor {
    /// Lets the next program that is executed have this descriptor, under the same number.
    package func stayOpenInPrograms() throws(Failure) { try call("changing a descriptor") { fcntl(raw, F_SETFD, 0) } }

    /// Takes that back.
    package func closeInPrograms() throws(Failure) { try call("changing a descriptor") { fcntl(raw, F_SETFD, FD_CLOEXEC) } }

    /// Whoever waits for this socket longer gives up with EAGAIN.
    package func limitWaiting(milliseconds: Int) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(raw, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// /dev/null for reading and writing.
    package static func null() throws(Failure) -> Descriptor {
        Descriptor(owning: try call("opening \"/dev/null\"") { cs_open("/dev/null", O_RDWR | O_CLOEXEC, 0) })
    }
}
