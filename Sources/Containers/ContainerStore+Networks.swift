package import Networks
package import Primitives

extension ContainerStore {
    /// What a running container has of networks; `nil` when it does not run or is on none of ours.
    package func networkState(_ id: String) throws(Failure) -> NetworkState? {
        let directory = try open(id)
        guard try ContainerState.read(directory, bootIdentifier: bootIdentifier).isRunning else { return nil }
        return try NetworkState.read(directory, bootIdentifier: bootIdentifier)
    }

    /// A running container's place on a network.
    package struct NetworkUser: Sendable {
        package let id: String
        package let name: String
        package let endpoint: NetworkState.Endpoint
    }

    /// The running containers of each network, by the network's id.
    package func networkUsers() throws(Failure) -> [String: [NetworkUser]] {
        var users: [String: [NetworkUser]] = [:]
        for summary in try list(runningOnly: true) {
            for endpoint in summary.network?.endpoints ?? [] {
                users[endpoint.networkID, default: []].append(NetworkUser(id: summary.id, name: summary.name, endpoint: endpoint))
            }
        }
        return users
    }
}
