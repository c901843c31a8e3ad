import CShim
import Glibc
package import Primitives

/// Messages with descriptors over a unix socket (unix(7)): four bytes of length, little endian, then the bytes. Descriptors
/// travel with the length.
package enum MessageSocket {
    /// SCM_MAX_FD of the kernel is 253.
    package static let maximumDescriptors = 240

    package static func send(_ bytes: [UInt8], descriptors: [Int32] = [], over socket: Int32) throws(Failure) {
        precondition(descriptors.count <= maximumDescriptors)
        var count = UInt32(bytes.count).littleEndian
        try withUnsafeMutableBytes(of: &count) { length -> Result<Void, Failure> in
            Result { () throws(Failure) in try sendOne(length, descriptors, socket) }
        }.get()
        try bytes.withUnsafeBytes { all -> Result<Void, Failure> in
            Result { () throws(Failure) in
                var rest = all[...]
                while !rest.isEmpty {
                    let part = UnsafeRawBufferPointer(rebasing: rest)
                    let count = try call("sending") { Glibc.send(socket, part.baseAddress, part.count, Int32(MSG_NOSIGNAL)) }
                    rest = rest.dropFirst(count)
                }
            }
        }.get()
    }

    /// - Returns: `nil` at the end of the stream. The descriptors are close-on-exec; the caller owns them.
    package static func receive(from socket: Int32, limit: Int) throws(Failure) -> (bytes: [UInt8], descriptors: [Int32])? {
        var count = UInt32(0)
        let first = try withUnsafeMutableBytes(of: &count) { length -> Result<(Int, [Int32]), Failure> in
            Result { () throws(Failure) in try receiveOne(length, socket) }
        }.get()
        if first.0 == 0 { return nil }
        let size = Int(UInt32(littleEndian: count))
        guard first.0 == 4, size <= limit else {
            for descriptor in first.1 { close(descriptor) }
            throw Failure(.corrupt, "a message of \(size) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: size)
        let code = bytes.withUnsafeMutableBytes { cs_read_exactly(socket, $0.baseAddress, size) }
        if size > 0, code != 1 {
            for descriptor in first.1 { close(descriptor) }
            throw code == 0 ? Failure(.unavailable, "the other side ended in the middle of a message") : .kernel("receiving", -code)
        }
        return (bytes, first.1)
    }

    private static func sendOne(_ data: UnsafeMutableRawBufferPointer, _ descriptors: [Int32], _ socket: Int32) throws(Failure) {
        let bytes = descriptors.count * MemoryLayout<Int32>.size
        let space = MemoryLayout<cmsghdr>.size + (bytes + 7) / 8 * 8
        let control = UnsafeMutableRawBufferPointer.allocate(byteCount: space, alignment: 8)
        defer { control.deallocate() }
        control.initializeMemory(as: UInt8.self, repeating: 0)
        var header = cmsghdr()
        (header.cmsg_len, header.cmsg_level, header.cmsg_type) = (MemoryLayout<cmsghdr>.size + bytes, SOL_SOCKET, Int32(SCM_RIGHTS))
        control.storeBytes(of: header, as: cmsghdr.self)
        for (index, descriptor) in descriptors.enumerated() {
            control.storeBytes(of: descriptor, toByteOffset: MemoryLayout<cmsghdr>.size + 4 * index, as: Int32.self)
        }
        var part = iovec(iov_base: data.baseAddress, iov_len: data.count)
        try withUnsafeMutablePointer(to: &part) { part -> Result<Void, Failure> in
            var message = msghdr()
            message.msg_iov = part
            message.msg_iovlen = 1
            if !descriptors.isEmpty {
                message.msg_control = control.baseAddress
                message.msg_controllen = space
            }
            return Result { () throws(Failure) in
                let sent = try call("sending descriptors") { sendmsg(socket, &message, Int32(MSG_NOSIGNAL)) }
                if sent != data.count { throw Failure(.unavailable, "sending descriptors: cut short") }
            }
        }.get()
    }

    private static func receiveOne(_ data: UnsafeMutableRawBufferPointer, _ socket: Int32) throws(Failure) -> (Int, [Int32]) {
        let space = MemoryLayout<cmsghdr>.size + 4 * (maximumDescriptors + 2)
        let control = UnsafeMutableRawBufferPointer.allocate(byteCount: space, alignment: 8)
        defer { control.deallocate() }
        var part = iovec(iov_base: data.baseAddress, iov_len: data.count)
        return try withUnsafeMutablePointer(to: &part) { part -> Result<(Int, [Int32]), Failure> in
            var message = msghdr()
            message.msg_iov = part
            message.msg_iovlen = 1
            message.msg_control = control.baseAddress
            message.msg_controllen = space
            return Result { () throws(Failure) in
                let count = try call("receiving") {
                    recvmsg(socket, &message, Int32(MSG_CMSG_CLOEXEC) | Int32(MSG_WAITALL))
                }
                guard message.msg_controllen >= MemoryLayout<cmsghdr>.size else { return (count, []) }
                let header = control.load(as: cmsghdr.self)
                guard header.cmsg_level == SOL_SOCKET, header.cmsg_type == Int32(SCM_RIGHTS) else { return (count, []) }
                let descriptors = (0..<(header.cmsg_len - MemoryLayout<cmsghdr>.size) / 4).map {
                    control.load(fromByteOffset: MemoryLayout<cmsghdr>.size + 4 * $0, as: Int32.self)
                }
                return (count, descriptors)
            }
        }.get()
    }
}

/// Listening unix sockets.
package enum UnixListener {
    /// Bound in a directory held open; what had the name is removed. Non-blocking.
    package static func bind(_ name: String, in directory: borrowing Directory) throws(Failure) -> Descriptor {
        let number = directory.raw
        return Descriptor(owning: try shim("listening on \(directory.named(name))") { cs_listen_unix(number, name) })
    }

    /// The next connection of the same user or of root; `nil` when none waits.
    package static func accept(_ listener: borrowing Descriptor) -> Descriptor? {
        let raw = cs_accept_own(listener.raw, 0)
        return raw < 0 ? nil : Descriptor(owning: raw)
    }
}
