internal import Primitives
internal import Sandbox

/// A mount of the record: what `-v`, `--mount` and `--tmpfs` became.
struct MountRecord: Equatable {
    var mount: ContainerSetup.Mount
    /// The volume that it shows.
    var volume: String?
    /// What the container changes there goes to a directory of the container.
    var overlay: Bool

    init(_ mount: ContainerSetup.Mount, volume: String? = nil, overlay: Bool = false) {
        (self.mount, self.volume, self.overlay) = (mount, volume, overlay)
    }

    init(_ json: JSON) throws(Failure) {
        guard let target = json["Target"]?.string, let flags = json["Flags"]?.int else {
            throw Failure(.corrupt, "the container's record is damaged: mounts")
        }
        let kind: ContainerSetup.Mount.Kind
        if let type = json["Type"]?.string {
            kind = .fileSystem(type: type, source: json["From"]?.string ?? "", options: json["Options"]?.strings ?? [])
        } else if let source = json["Source"]?.string {
            let propagation = json["Propagation"]?.int.flatMap { Propagation(rawValue: UInt32(truncatingIfNeeded: $0)) }
            if let path = json["Below"]?.string {
                kind = .below(source: source, path: path)
            } else {
                kind = .bind(source: source, recursive: json["Recursive"]?.bool ?? true, propagation: propagation)
            }
        } else {
            kind = .tmpfs(options: json["Options"]?.strings ?? [], copyUp: json["CopyUp"]?.bool ?? false)
        }
        mount = ContainerSetup.Mount(kind, target: target, flags: MountFlags(rawValue: UInt64(bitPattern: flags)))
        volume = json["Volume"]?.string
        overlay = json["Overlay"]?.bool ?? false
    }

    var json: JSON {
        var object: JSONObject = ["Target": .string(mount.target), "Flags": .int(Int64(bitPattern: mount.flags.rawValue))]
        switch mount.kind {
        case .bind(let source, let recursive, let propagation):
            object["Source"] = .string(source)
            object["Recursive"] = .bool(recursive)
            if let propagation { object["Propagation"] = .int(Int64(propagation.rawValue)) }
        case .below(let source, let path):
            object["Source"] = .string(source)
            object["Below"] = .string(path)
        case .tmpfs(let options, let copyUp):
            object["Options"] = .strings(options)
            object["CopyUp"] = .bool(copyUp)
        case .fileSystem(let type, let source, let options):
            object["Type"] = .string(type)
            object["From"] = .string(source)
            object["Options"] = .strings(options)
        }
        if let volume { object["Volume"] = .string(volume) }
        if overlay { object["Overlay"] = true }
        return .object(object)
    }
}
