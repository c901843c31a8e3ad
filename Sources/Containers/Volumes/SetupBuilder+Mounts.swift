internal import LinuxSys
internal import Primitives
internal import Sandbox
internal import Store

/// What of a mount is known only when the container starts.
extension SetupBuilder {
    func startMount(_ record: MountRecord, number: Int) throws(Failure) -> ContainerSetup.Mount {
        var mount = record.mount
        guard case .fileSystem(let type, let source, let options) = mount.kind else { return mount }
        if record.overlay {
            mount.kind = .fileSystem(type: "overlay", source: "overlay", options: try overlay(on: source, number))
        } else if type == "nfs" || type == "nfs4" {
            let parts = source.parts("\n")
            guard parts.count == 2 else { throw Failure(.corrupt, "the container's record is damaged: mounts") }
            let address = try doing("mounting \(parts[0]):\(parts[1])") { () throws(Failure) in
                try ServerAddress.reachable(parts[0], port: 2049, timeoutMilliseconds: 5000)
            }
            let shown = address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]" : address
            mount.kind = .fileSystem(type: type, source: "\(shown):\(parts[1])", options: options + ["addr=\(address)"])
        }
        return mount
    }

    /// Fresh directories for what the container changes, so that the changes of an earlier start are gone. What of those belongs
    /// to others stays until the container is removed.
    private func overlay(on lower: String, _ number: Int) throws(Failure) -> [String] {
        let container = try Directory.open(directory)
        let prefix = "changes-\(number)-"
        var next = 0
        for name in try container.names() where name.utf8.starts(with: prefix.utf8) {
            do throws(Failure) { try container.removeTree(name) } catch {
                next = max(next, (Int(String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)) ?? 0) + 1)
            }
        }
        let name = "\(prefix)\(next)"
        try container.createDirectory(name)
        let own = try container.openDirectory(name)
        try own.createDirectory("upper")
        try own.createDirectory("work")
        // The overlay's root is the upper directory: it has to look as the lower one.
        try VolumeOwners.liken("\(directory)/\(name)/upper", to: lower, idMap: idMap, places: places)
        let escaped = lower.utf8.reduce(into: [UInt8]()) { text, byte in
            if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
            text.append(byte)
        }
        let path = "\(StoreRoot.Area.containers.path)/\(record.id)/\(name)"
        return ["lowerdir=\(String(decoding: escaped, as: UTF8.self))", "upperdir=\(path)/upper", "workdir=\(path)/work", "userxattr"]
    }
}
