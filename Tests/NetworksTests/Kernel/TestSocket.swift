import Glibc
import LinuxSys
import Primitives

/// A socket as programs use it, with a patience of two seconds for everything.
final class TestSocket: Sendable {
    let raw: Int32

    init(_ raw: Int32) {
        self.raw = raw
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// - Parameter transparent: may have addresses of others (IP_TRANSPARENT, IPV6_TRANSPARENT).
    convenience init(_ type: __socket_type, v6: Bool = false, transparent: Bool = false) throws(Failure) {
        self.init(try call("socket") { socket(v6 ? AF_INET6 : AF_INET, Int32(type.rawValue) | O_CLOEXEC, 0) })
        guard transparent else { return }
        var on: Int32 = 1
        let (level, option) = v6 ? (IPPROTO_IPV6, 75) : (IPPROTO_IP, 19)
        try call("transparent") { setsockopt(raw, Int32(level), Int32(option), &on, 4) }
    }

    deinit { close(raw) }

    func bind(_ address: String, _ port: UInt16) throws(Failure) {
        try call("bind") { Self.with(address, port) { Glibc.bind(raw, $0, $1) } }
    }
    func connect(_ address: String, _ port: UInt16) throws(Failure) {
        try call("connect") { Self.with(address, port) { Glibc.connect(raw, $0, $1) } }
    }
    func send(_ text: String, to address: String, _ port: UInt16) throws(Failure) {
        try call("sendto") { Self.with(address, port) { sendto(raw, text, text.utf8.count, 0, $0, $1) } }
    }
    func listen() throws(Failure) { try call("listen") { Glibc.listen(raw, 8) } }
    func accept() throws(Failure) -> TestSocket { TestSocket(try call("accept") { accept4(raw, __SOCKADDR_ARG(), nil, O_CLOEXEC) }) }
    func send(_ text: String) throws(Failure) { try call("send") { Glibc.send(raw, text, text.utf8.count, 0) } }

    /// What came with one call.
    func receive() throws(Failure) -> String { try receiveFrom().text }
    func receiveFrom() throws(Failure) -> (text: String, peer: String) {
        var (storage, size) = (sockaddr_storage(), socklen_t(MemoryLayout<sockaddr_storage>.size))
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = try call("receive") {
            withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(raw, &buffer, buffer.count, 0, __SOCKADDR_ARG(__sockaddr__: $0), &size)
                }
            }
        }
        return (String(decoding: buffer.prefix(count), as: UTF8.self), size > 0 ? Self.text(storage) : "")
    }

    var own: String { name(getsockname) }
    var peer: String { name(getpeername) }

    private func name(_ ask: (Int32, __SOCKADDR_ARG, UnsafeMutablePointer<socklen_t>?) -> Int32) -> String {
        var (storage, size) = (sockaddr_storage(), socklen_t(MemoryLayout<sockaddr_storage>.size))
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(raw, __SOCKADDR_ARG(__sockaddr__: $0), &size) }
        }
        return status == 0 ? Self.text(storage) : "errno \(errno)"
    }

    /// `ADDRESS PORT`
    private static func text(_ storage: sockaddr_storage) -> String {
        withUnsafeBytes(of: storage) { bytes in
            let v6 = storage.ss_family == sa_family_t(AF_INET6)
            let address = HostAddress(bytes: Array(v6 ? bytes[8..<24] : bytes[4..<8]))
            return "\(address?.description ?? "?") \(UInt16(bytes[2]) << 8 | UInt16(bytes[3]))"
        }
    }

    private static func with<T>(_ address: String, _ port: UInt16, _ body: (__CONST_SOCKADDR_ARG, socklen_t) -> T) -> T {
        let host = HostAddress(address)!
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(host.isIPv6 ? AF_INET6 : AF_INET)
        withUnsafeMutableBytes(of: &storage) { bytes in
            (bytes[2], bytes[3]) = (UInt8(port >> 8), UInt8(port & 255))
            for (index, byte) in host.bytes.enumerated() { bytes[(host.isIPv6 ? 8 : 4) + index] = byte }
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(__CONST_SOCKADDR_ARG(__sockaddr__: $0), socklen_t(host.isIPv6 ? 28 : 16))
            }
        }
    }
}
