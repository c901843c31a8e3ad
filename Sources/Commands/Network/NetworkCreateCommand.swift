import CommandLine
import LinuxSys
import Networks
import Primitives

/// `network create`.
struct NetworkCreateCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ name: String) throws(Failure) -> Int32 {
        var request = NetworkRequest(name: name)
        do throws(Failure) { request.pools = try PoolFlags(options).pools() } catch {
            engine.console.reportPlain(error)
            return ExitCode.failure
        }
        request.driver = try driver(options.string(.networkDriver))
        request.isInternal = options.bool(.internalNetwork)
        request.isAttachable = options.bool(.attachable)
        request.enablesIPv4 = options.bool(.enableIPv4)
        request.enablesIPv6 = options.bool(.enableIPv6)
        for (key, value) in options.pairs(.networkOption) { request.options[key] = value }
        for text in options.strings(.networkLabel) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            request.labels[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        let network = try engine.networks.create(request, hostSubnets: engine.hostSubnets)
        try engine.console.line(network.id)
        return ExitCode.success
    }

    private func driver(_ name: String) throws(Failure) -> NetworkRecord.Driver {
        if let driver = NetworkRecord.Driver(rawValue: name) { return driver }
        switch name {
        case "host", "null": throw Failure(.denied, "only one instance of \"\(name)\" network is allowed")
        case "overlay": throw Failure(.unsupported, "the driver \"overlay\" belongs to a swarm, there is none")
        default: throw Failure(.notFound, "plugin \(JSON.string(name).compact()) not found")
        }
    }
}
