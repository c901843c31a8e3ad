import CommandLine
import Containers
import Networks
import Primitives

/// `network connect` and `network disconnect`.
struct NetworkConnectCommand {
    let engine: Engine
    let options: ParsedOptions

    func connect(_ operands: [String]) throws(Failure) -> Int32 {
        let request = try ConnectRequest(options, operands)
        let network = try network(operands[0])
        let containers = try engine.containers
        let id = try containers.find(request.container)
        if request.attachment.ip != nil || request.attachment.ip6 != nil, network.isDefault {
            throw Failure(.invalid, "user specified IP address is supported on user defined networks only")
        }
        try containers.connect(id, request.attachment, to: network, places: engine.places, idMap: engine.idMap)
        return ExitCode.success
    }

    func disconnect(_ operands: [String]) throws(Failure) -> Int32 {
        let network = try network(operands[0])
        let containers = try engine.containers
        do throws(Failure) {
            try containers.disconnect(try containers.find(operands[1]), from: network, places: engine.places, idMap: engine.idMap)
        } catch {
            if options.bool(.forceDisconnect), error.kind == .notFound || error.kind == .conflict { return ExitCode.success }
            throw error
        }
        return ExitCode.success
    }

    private func network(_ reference: String) throws(Failure) -> NetworkRecord {
        let view = try engine.network(reference)
        guard let network = view.record else {
            throw Failure(
                .denied,
                view.name == "host"
                    ? "container cannot be disconnected from host network or connected to host network"
                    : "container cannot be connected to multiple networks with one of the networks in private (none) mode")
        }
        return network
    }
}
