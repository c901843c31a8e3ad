internal import LinuxSys
internal import Primitives
internal import Sandbox
internal import Store

/// One mount of a new container: what was asked for, what is mounted, and what docker's document says of it.
struct ResolvedMount {
    var request: VolumeRequest
    var mount: ContainerSetup.Mount
    /// An element of `Mounts`; `nil` for what docker tells in `HostConfig` alone.
    var document: JSON?
    var volume: VolumeRecord?
    /// Made for this container, without a name of anybody's.
    var isUnnamed = false
    /// The directory of the host that is shown, where there is one.
    var hostPath: String?
    /// An empty volume takes what the image has at the target.
    var takesContent = false
}

/// Turns what the user wants mounted into mounts, looking at the host's files and making volumes. Volumes stay held, so that
/// nobody removes them, until this goes.
final class MountResolver {
    let idMap: IdMapPlan
    private let containers: ContainerStore
    private let places: StorePlaces
    let volumes: VolumeStore
    private(set) var warnings: [String] = []
    private var holds: [VolumeStore.Hold] = []
    private var made: [String] = []
    private static let imageVolumesMax = 256

    init(_ containers: ContainerStore, idMap: IdMapPlan, places: StorePlaces) {
        (self.containers, self.idMap, self.places) = (containers, idMap, places)
        volumes = VolumeStore(containers.root)
    }

    /// - Parameter imageVolumes: the image's VOLUME paths, hostile.
    func resolve(_ request: CreateRequest, imageVolumes: [String]) throws(Failure) -> [ResolvedMount] {
        try VolumeRequest.checkTargets(request.volumes)
        var out: [ResolvedMount] = []
        for volume in request.volumes { out.append(try resolve(volume, request)) }
        var targets = Set(request.volumes.map(\.target))
        for mount in try InheritedMounts(containers: containers).all(request.volumesFrom)
        where targets.insert(mount.request.target).inserted {
            if let name = mount.volume?.name { try hold(name) }
            out.append(mount)
        }
        guard imageVolumes.count <= Self.imageVolumesMax else {
            throw Failure(.corrupt, "the image has more than \(Self.imageVolumesMax) VOLUMEs")
        }
        for path in imageVolumes {
            let target = try doing("the image's VOLUME \(path.quoted)") { () throws(Failure) in try VolumeRequest.checkedTarget(path) }
            guard targets.insert(target).inserted else { continue }
            var volume = VolumeRequest(.anonymous, target: target)
            volume.flag = .implied
            out.append(try resolve(volume, request))
        }
        return out
    }

    /// Removes the volumes that were made for nobody.
    func undo() throws(Failure) {
        holds = []
        try containers.removeUnnamed(made, idMap: idMap, places: places)
    }

    private func resolve(_ request: VolumeRequest, _ all: CreateRequest) throws(Failure) -> ResolvedMount {
        switch request.kind {
        case .bind(let source): return try bind(source, request)
        case .tmpfs(let options):
            var flags = options.flags
            if request.readOnly { flags.insert(.readOnly) }
            let mount = ContainerSetup.Mount(.tmpfs(options: options.keyValues, copyUp: false), target: request.target, flags: flags)
            let document: JSON = [
                "Type": "tmpfs", "Source": "", "Destination": .string(request.target), "Mode": "", "RW": .bool(!request.readOnly),
                "Propagation": "",
            ]
            return ResolvedMount(request: request, mount: mount, document: request.flag == .tmpfs ? nil : document)
        case .volume(let name): return try volume(name, request, all)
        case .anonymous: return try volume(nil, request, all)
        case .image(let reference):
            throw Failure(.unsupported, "--mount type=image,source=\(reference): mounting images is not there yet")
        }
    }

    private func bind(_ source: String, _ request: VolumeRequest) throws(Failure) -> ResolvedMount {
        try checkSource(source, request)
        var flags = request.flags
        if request.readOnly { flags.insert(.readOnly) }
        // Root of the container may make device nodes: in a directory of the host they must not open the host's
        // disks. A device, /dev or everything is given as it is.
        if idMap.needsUserNamespace || !Self.hasDevices(source) { flags.insert(.noDevices) }
        if request.relabel != nil, HostFile.exists("/sys/fs/selinux/enforce") {
            warnings.append("SELinux labels of \"\(source)\" are left as they are: z and Z are not there yet")
        }
        let mount = ContainerSetup.Mount(
            .bind(source: source, recursive: request.recursion != .disabled, propagation: request.propagation), target: request.target,
            flags: flags)
        let document: JSON = [
            "Type": "bind", "Source": .string(source), "Destination": .string(request.target), "Mode": .string(request.modeText),
            "RW": .bool(!request.readOnly),
            "Propagation": .string(request.propagation.dockerName(recursive: request.propagationRecursive)),
        ]
        return ResolvedMount(request: request, mount: try covered(mount, request, source), document: document, hostPath: source)
    }

    /// With `O` an overlay stands in the place of the bind; its own directories are made when the container starts.
    private func covered(
        _ mount: ContainerSetup.Mount, _ request: VolumeRequest, _ source: String
    ) throws(Failure) -> ContainerSetup.Mount {
        guard request.overlay else { return mount }
        guard HostFile.isDirectory(source) else { throw Failure(.invalid, "\(source.quoted) is no directory: O is for directories") }
        if !request.subpath.isEmpty { throw Failure(.invalid, "O and a path inside the volume cannot be given together") }
        return ContainerSetup.Mount(
            .fileSystem(type: "overlay", source: source, options: []), target: mount.target, flags: mount.flags)
    }

    private func volume(_ name: String?, _ request: VolumeRequest, _ all: CreateRequest) throws(Failure) -> ResolvedMount {
        let driver = request.flag == .mount ? request.volumeDriver : all.volumeDriver
        let maker = VolumeMaker(volumes)
        let isDurable = name != nil || !all.autoRemove
        var record = try maker.make(name, driver: driver, labels: request.volumeLabels, options: request.volumeOptions, durable: isDurable)
        if name == nil { made.append(record.name) }
        // Somebody may remove it between being made and being held.
        while try !holds(record.name) { record = try volumes.make(record, durable: isDurable) }
        let local = try LocalVolume(record, volumes, idMap: idMap)
        var mount = ContainerSetup.Mount(local.kind, target: request.target, flags: local.flags.union(request.flags).union(.noDevices))
        if request.readOnly { mount.flags.insert(.readOnly) }
        if !request.subpath.isEmpty {
            guard let path = local.hostPath else {
                throw Failure(
                    .unsupported, "volume \"\(record.name)\": a path inside it can only be mounted where it is a directory of the host")
            }
            mount.kind = .below(source: path, path: request.subpath)
        }
        if request.overlay {
            guard let path = local.hostPath else { throw Failure(.unsupported, "volume \"\(record.name)\": O is for directories") }
            mount = try covered(mount, request, path)
        }
        let mode = !request.modeText.isEmpty ? request.modeText : name != nil || request.flag == .mount ? "z" : ""
        let document: JSON = [
            "Type": "volume", "Name": .string(record.name), "Source": .string(volumes.dataPath(record.name)),
            "Destination": .string(request.target), "Driver": .string(VolumeRecord.driver), "Mode": .string(mode),
            "RW": .bool(!request.readOnly && !local.flags.contains(.readOnly)), "Propagation": "",
        ]
        return ResolvedMount(
            request: request, mount: mount, document: document, volume: record, isUnnamed: name == nil, hostPath: local.hostPath,
            takesContent: local.hostPath != nil && !request.noCopy && !request.readOnly && !all.readOnlyRoot && request.subpath.isEmpty)
    }

    private func holds(_ name: String) throws(Failure) -> Bool {
        guard let hold = try volumes.hold(name) else { return false }
        holds.append(hold)
        return true
    }

    private func hold(_ name: String) throws(Failure) {
        guard try holds(name) else { throw VolumeStore.notFound(name) }
    }

    private static func hasDevices(_ source: String) -> Bool {
        guard let status = HostFile.status(source) else { return false }
        return status.kind == .characterDevice || status.kind == .blockDevice || source == "/" || source == "/dev"
            || source.utf8.starts(with: "/dev/".utf8)
    }

    /// `-v` makes a missing directory, as docker does; `--mount` refuses.
    private func checkSource(_ source: String, _ request: VolumeRequest) throws(Failure) {
        if HostFile.exists(source) { return }
        guard request.createSource else {
            throw Failure(.invalid, "invalid mount config for type \"bind\": bind source path does not exist: \(source)")
        }
        try doing("error while creating mount source path '\(source)'") { () throws(Failure) in
            try HostFile.makeDirectories(source, mode: 0o755)
        }
    }
}
