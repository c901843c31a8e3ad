internal import LinuxSys
package import Primitives

/// The two sockets of one container's name server, made inside its network namespace. Numbers, because they cross threads:
/// whoever gets them owns both, until `NameServer.add` takes them.
package struct NameSockets: Sendable {
    package let datagrams: Int32
    package let streams: Int32
    /// The same for both.
    package let port: UInt16

    /// Where containers find their name server; docker's address.
    package static let address = "127.0.0.11"
    /// Bytes of queries that may wait while we do something else.
    private static let waitingBytes: Int32 = 1 << 20
    private static let attemptsMax = 16

    package init(datagrams: Int32, streams: Int32, port: UInt16) {
        (self.datagrams, self.streams, self.port) = (datagrams, streams, port)
    }

    /// Binds both to one free port of the calling thread's network namespace, whose `lo` must be up.
    package static func open(_ text: String = Self.address) throws(Failure) -> NameSockets {
        guard let address = HostAddress(text) else { throw Failure(.invalid, "\"\(text)\" is no address") }
        var attempts = 0
        while true {
            let datagrams = try NameSocket.bound(.datagram, to: SocketAddress(address, port: 0))
            guard let port = Socket.localAddress(of: datagrams.raw)?.port else {
                throw Failure(.unsupported, "a socket without an address")
            }
            attempts += 1
            do throws(Failure) {
                let streams = try NameSocket.bound(.stream, to: SocketAddress(address, port: port))
                NameSocket.enlarge(datagrams.raw, bytes: waitingBytes)
                return NameSockets(datagrams: datagrams.release(), streams: streams.release(), port: port)
            } catch {
                // Free for datagrams is not always free for streams.
                guard attempts < attemptsMax else { throw error }
            }
        }
    }

    /// For whoever does not hand them on.
    package func close() {
        _ = Descriptor(owning: datagrams)
        _ = Descriptor(owning: streams)
    }
}
