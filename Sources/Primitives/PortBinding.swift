/// A port of the host that leads to one of a container.
package struct PortBinding: Hashable, Sendable {
    package enum Transport: String, Hashable, Sendable, CaseIterable { case tcp, udp, sctp }

    package var transport: Transport
    /// Where the host listens; `nil`: every address of both families.
    package var hostAddress: HostAddress?
    /// 0: any free one.
    package var hostPort: UInt16
    package var containerPort: UInt16

    package init(_ transport: Transport, hostAddress: HostAddress? = nil, hostPort: UInt16 = 0, containerPort: UInt16) {
        (self.transport, self.hostAddress, self.hostPort, self.containerPort) = (transport, hostAddress, hostPort, containerPort)
    }

    /// docker's name of the container's port: `80/tcp`.
    package var portName: String { "\(containerPort)/\(transport.rawValue)" }
}
