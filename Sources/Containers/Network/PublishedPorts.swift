internal import LinuxSys
internal import Networks
internal import Primitives

/// Listening sockets of the host for a container's ports, on their way to `proa:net`.
struct PublishedPorts {
    /// With the ports that were really taken.
    let bindings: [PortBinding]
    private let listeners: [SharedFile]

    static func open(_ requests: [PortRequest], container: ContainerRecord, in containers: ContainerStore) throws(Failure) -> PublishedPorts {
        if requests.isEmpty { return PublishedPorts(bindings: [], listeners: []) }
        throw Failure(.unsupported, "later")
    }

    /// Again, after `proa:net` was killed.
    static func open(_ bindings: [PortBinding], holder: (PortBinding) -> String?) throws(Failure) -> PublishedPorts {
        if bindings.isEmpty { return PublishedPorts(bindings: [], listeners: []) }
        throw Failure(.unsupported, "later")
    }

    func publish(container: String, with client: ServiceClient) throws(Failure) {
        for part in parts { _ = try client.ask(.publish(container: container, part.bindings), descriptors: part.descriptors) }
    }

    /// As many at a time as a message takes.
    private var parts: [(bindings: [PortBinding], descriptors: [Int32])] {
        stride(from: 0, to: bindings.count, by: MessageSocket.maximumDescriptors).map { start in
            let range = start..<min(start + MessageSocket.maximumDescriptors, bindings.count)
            return (Array(bindings[range]), listeners[range].map { $0.descriptor.raw })
        }
    }
}
