internal import LinuxSys
internal import Networks
internal import Primitives

/// Listening sockets of the host for a container's ports, on their way to `proa:net`.
struct PublishedPorts {
    private let listeners: [PortListener]

    static let none = PublishedPorts(listeners: [])

    /// With the ports that were really taken.
    var bindings: [PortBinding] { listeners.map(\.binding) }

    /// - Throws: as `PortListeners.open`, with docker's frame around it.
    static func open(_ requests: [PortRequest], of record: ContainerRecord, in containers: ContainerStore) throws(Failure) -> PublishedPorts
    {
        if requests.isEmpty { return PublishedPorts(listeners: []) }
        let ports = PortListeners { NetworkMember.holder(of: $0, in: containers) }
        var listeners: [PortListener] = []
        do throws(Failure) {
            // One port after the other is tried only where a range was given for it.
            for request in requests { listeners += try open(request, ports) }
        } catch {
            throw error.within("driver failed programming external connectivity on endpoint \(record.name)")
        }
        return PublishedPorts(listeners: listeners)
    }

    private static func open(_ request: PortRequest, _ ports: PortListeners) throws(Failure) -> [PortListener] {
        var problem: Failure?
        for candidate in request.candidates.isEmpty ? [0] : request.candidates {
            do throws(Failure) { return try ports.open([request.binding(hostPort: candidate)]) } catch {
                guard error.kind == .conflict else { throw error }
                problem = problem ?? error
            }
        }
        throw problem ?? Failure(.invalid, "no port to publish \(request.portName) on")
    }

    /// Again, after `proa:net` was killed.
    static func reopen(_ bindings: [PortBinding]) throws(Failure) -> PublishedPorts {
        PublishedPorts(listeners: bindings.isEmpty ? [] : try PortListeners(passed: .none).open(bindings))
    }

    /// As many at a time as a message takes.
    func publish(container: String, with client: ServiceClient) throws(Failure) {
        for start in stride(from: 0, to: listeners.count, by: MessageSocket.maximumDescriptors) {
            let part = listeners[start..<min(start + MessageSocket.maximumDescriptors, listeners.count)]
            _ = try client.ask(.publish(container: container, part.map(\.binding)), descriptors: part.map { $0.descriptor.raw })
        }
    }
}

extension PortBinding {
    fileprivate var isEverywhere: Bool { hostAddress?.bytes.allSatisfy { $0 == 0 } ?? true }
}

extension NetworkMember {
    /// The name of the running container that publishes this port.
    static func holder(of binding: PortBinding, in containers: ContainerStore) -> String? {
        let members = (try? running(in: containers)) ?? []
        return members.first { member in
            member.state.ports.contains { taken in
                taken.transport == binding.transport && taken.hostPort == binding.hostPort
                    && (taken.isEverywhere || binding.isEverywhere || taken.hostAddress == binding.hostAddress)
            }
        }?.record.name
    }
}
