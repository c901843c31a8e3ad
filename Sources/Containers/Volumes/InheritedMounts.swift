internal import LinuxSys
internal import Primitives
internal import Sandbox
internal import Store

/// `--volumes-from`: the volumes and binds of other containers, at the same places.
struct InheritedMounts {
    let containers: ContainerStore

    /// - Parameter texts: `CONTAINER[:MODE]`; of two mounts on one target that of the later container counts.
    /// - Throws: docker's texts.
    func all(_ texts: [String]) throws(Failure) -> [ResolvedMount] {
        var out: [ResolvedMount] = []
        for text in texts {
            for mount in try mounts(text) {
                out.removeAll { $0.request.target == mount.request.target }
                out.append(mount)
            }
        }
        return out
    }

    private func mounts(_ text: String) throws(Failure) -> [ResolvedMount] {
        let (reference, mode) = text.cut(":")
        guard !reference.isEmpty else { throw Failure(.invalid, "malformed volumes-from specification: \(text)") }
        if let mode, !["", "rw", "ro", "z", "Z", "ro,z", "ro,Z", "rw,z", "rw,Z", "z,ro", "Z,ro"].contains(mode) {
            throw Failure(.invalid, "invalid mode: \(mode)")
        }
        let isReadOnly = mode?.parts(",").contains("ro") ?? false
        let record = try containers.record(try containers.find(reference))
        let documents = record.json["Mounts"]?.array ?? []
        var out: [ResolvedMount] = []
        for json in record.proa["Mounts"]?.array ?? [] {
            var inherited = try MountRecord(json)
            // A tmpfs belongs to its container.
            guard var document = documents.first(where: { $0["Destination"]?.string == inherited.mount.target })?.object,
                document["Type"]?.string != "tmpfs"
            else { continue }
            if isReadOnly {
                inherited.mount.flags.insert(.readOnly)
                document["RW"] = false
            }
            document["Mode"] = ""
            var request = VolumeRequest(.anonymous, target: inherited.mount.target)
            request.flag = .implied
            request.overlay = inherited.overlay
            request.readOnly = isReadOnly
            var mount = ResolvedMount(request: request, mount: inherited.mount, document: .object(document))
            if let name = inherited.volume {
                mount.volume = try VolumeStore(containers.root).find(name) ?? VolumeRecord(name: name, created: record.created)
                mount.isUnnamed = record.unnamedVolumes.contains(name)
            }
            out.append(mount)
        }
        return out
    }
}
