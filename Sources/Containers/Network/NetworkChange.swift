internal import LinuxSys
package import Networks
package import Primitives
package import Sandbox
package import Store

extension ContainerStore {
    /// Puts a container on a further network: at once where it runs, and whenever it starts.
    /// - Throws: docker's texts for containers that can be on none.
    package func connect(
        _ id: String, _ wanted: NetworkAttachment, to network: NetworkRecord, places: StorePlaces, idMap: IdMapPlan
    ) throws(Failure) {
        var record = try record(id)
        try Self.checkChange(record)
        var attachment = wanted
        attachment.network = network.name
        guard !record.attachments.contains(where: { $0.network == network.name || $0.network == network.id }) else {
            throw Failure(.conflict, "endpoint with name \(record.name) already exists in network \(network.name)")
        }
        if let state = try networkState(id) {
            let client = try NetworkLauncher(self, places: places, idMap: idMap).connect()
            let answer = try client.ask(.connect(container: id, try attachment.endpointRequest(network)))
            try rewrite(record, state, answer.endpoints)
        }
        record.attachments.append(attachment)
        try write(record)
    }

    /// Takes a container off a network.
    package func disconnect(_ id: String, from network: NetworkRecord, places: StorePlaces, idMap: IdMapPlan) throws(Failure) {
        var record = try record(id)
        try Self.checkChange(record)
        let left = record.attachments.filter { $0.network != network.name && $0.network != network.id }
        guard left.count < record.attachments.count else {
            throw Failure(.conflict, "container \(id) is not connected to network \(network.name)")
        }
        if let state = try networkState(id) {
            let client = try NetworkLauncher(self, places: places, idMap: idMap).connect()
            let answer = try client.ask(.disconnect(container: id, networkID: network.id))
            try rewrite(record, state, answer.endpoints)
        }
        record.attachments = left
        try write(record)
    }

    private static func checkChange(_ record: ContainerRecord) throws(Failure) {
        switch record.networkMode {
        case .bridge, .network: return
        case .none:
            throw Failure(.denied, "container cannot be connected to multiple networks with one of the networks in private (none) mode")
        case .host:
            throw Failure(.denied, "container cannot be disconnected from host network or connected to host network")
        case .container, .namespace, .pasta, .slirp4netns:
            throw Failure(
                .denied, "container sharing network namespace with another container or host cannot be connected to any other network")
        }
    }

    private func rewrite(_ record: ContainerRecord, _ old: NetworkState, _ endpoints: [NetworkState.Endpoint]) throws(Failure) {
        let directory = try open(record.id)
        var state = old
        state.endpoints = endpoints
        try directory.writeFile(NetworkState.fileName, state.json.bytes, durable: false)
        try NetworkFiles(record: record, endpoints: endpoints).rewriteHosts(directory)
    }
}
