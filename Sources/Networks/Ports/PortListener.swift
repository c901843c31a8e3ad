package import LinuxSys
package import Primitives

/// A socket of the host that waits for who comes to a published port.
package final class PortListener: Sendable {
    /// With the address (`0.0.0.0` and `::` for all of a family) and the port it really has: docker's `HostIp` and `HostPort`.
    package let binding: PortBinding
    package let descriptor: Descriptor

    init(_ binding: PortBinding, _ descriptor: consuming Descriptor) {
        self.binding = binding
        self.descriptor = descriptor
    }
}

extension PortBinding {
    /// The address it listens on in docker's words: `0.0.0.0:80`, `[::]:80`.
    var socketAddress: SocketAddress {
        hostAddress.map { SocketAddress($0, port: hostPort) } ?? SocketAddress(anyIPv6: false, port: hostPort)
    }

    /// The same on one address.
    func on(_ address: SocketAddress) -> PortBinding {
        PortBinding(transport, hostAddress: address.address, hostPort: address.port, containerPort: containerPort)
    }
}
