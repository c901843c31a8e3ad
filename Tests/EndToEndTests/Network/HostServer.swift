import Glibc
import LinuxSys
import Primitives
import Synchronization
import TestSupport

/// A socket of the host on an address and a port that the kernel chose: a web server that says one thing, or whatever answers
/// datagrams.
final class HostServer: Sendable {
    let port: UInt16
    private let descriptor: Int32

    /// A web server.
    init(_ address: String, says text: String) throws {
        (descriptor, port) = try Self.bind(address, SOCK_STREAM, 0)
        let descriptor = descriptor
        Thread.detached {
            while true {
                let connection = accept4(descriptor, .init(__sockaddr__: nil), nil, Int32(SOCK_CLOEXEC.rawValue))
                if connection < 0 { return }
                var request = [UInt8](repeating: 0, count: 4096)
                _ = recv(connection, &request, request.count, 0)
                let answer = Array("HTTP/1.0 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)".utf8)
                _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
                close(connection)
            }
        }
    }

    /// - Parameter answer: to a datagram.
    init(_ address: String, port: UInt16, datagrams answer: @escaping @Sendable ([UInt8]) -> [UInt8]) throws {
        (descriptor, self.port) = try Self.bind(address, SOCK_DGRAM, port)
        let descriptor = descriptor
        Thread.detached {
            while true {
                var bytes = [UInt8](repeating: 0, count: 4096)
                var sender = sockaddr_in()
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = withUnsafeMutablePointer(to: &sender) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(descriptor, &bytes, bytes.count, 0, .init(__sockaddr__: $0), &size)
                    }
                }
                // 0: shut down; nobody here sends an empty one.
                if count <= 0 { return }
                let reply = answer(Array(bytes[..<count]))
                _ = withUnsafePointer(to: &sender) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        sendto(descriptor, reply, reply.count, 0, .init(__sockaddr__: $0), size)
                    }
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private static func bind(_ text: String, _ kind: __socket_type, _ port: UInt16) throws -> (Int32, UInt16) {
        let descriptor = socket(AF_INET, Int32(kind.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, text, &address.sin_addr) == 1 else { throw Failure(.invalid, "\(text) is no address") }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard Glibc.bind(descriptor, .init(__sockaddr__: pointer), size) == 0 else { return Int32(-1) }
                if kind == SOCK_STREAM, listen(descriptor, 64) != 0 { return -1 }
                return getsockname(descriptor, .init(__sockaddr__: pointer), &size)
            }
        }
        if code != 0 { throw Failure.kernel("opening a socket on \(text):\(port)", errno) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// One datagram to a port of this host. - Returns: the answer, empty when none came within two seconds.
func exchange(_ host: String, _ port: String, _ text: String) throws -> String {
    let script =
        "import socket,sys; a=(sys.argv[1],int(sys.argv[2])); s=socket.socket(socket.AF_INET6 if ':' in a[0] else socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(2); s.connect(a); s.send(sys.argv[3].encode()); print(s.recv(999).decode())"
    return try Command("python3", ["-c", script, host, port, text]).run().line
}
