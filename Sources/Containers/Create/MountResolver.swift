internal import LinuxSys
internal import Primitives
internal import Sandbox

/// Turns what the user wants mounted into mounts, looking at the host's files.
struct MountResolver {
    let idMap: IdMapPlan

    func resolve(_ requests: [VolumeRequest]) throws(Failure) -> (
        mounts: [(request: VolumeRequest, mount: ContainerSetup.Mount)], warnings: [String]
    ) {
        try VolumeRequest.checkTargets(requests)
        var out: [(request: VolumeRequest, mount: ContainerSetup.Mount)] = []
        var warnings: [String] = []
        for request in requests {
            switch request.kind {
            case .bind(let source):
                try checkSource(source, request)
                var flags: MountFlags = request.readOnly ? .readOnly : []
                // Root of the container may make device nodes: in a directory of the host they must not open the host's
                // disks. A device, /dev or everything is given as it is.
                if idMap.needsUserNamespace || !Self.hasDevices(source) { flags.insert(.noDevices) }
                let recursive = request.recursion != .disabled
                out.append(
                    (
                        request,
                        ContainerSetup.Mount(
                            .bind(source: source, recursive: recursive, propagation: request.propagation), target: request.target,
                            flags: flags)
                    ))
                if request.relabel != nil, HostFile.exists("/sys/fs/selinux/enforce") {
                    warnings.append("SELinux labels of \"\(source)\" are left as they are: z and Z are not there yet")
                }
            case .tmpfs(let options):
                var flags = options.flags
                if request.readOnly { flags.insert(.readOnly) }
                out.append(
                    (request, ContainerSetup.Mount(.tmpfs(options: options.keyValues, copyUp: false), target: request.target, flags: flags))
                )
            case .volume(let name):
                throw Failure(.unsupported, "volume \"\(name)\": named volumes are not there yet: bind a directory by its path")
            case .anonymous:
                throw Failure(
                    .unsupported,
                    "-v \(request.target): unnamed volumes are not there yet: use --tmpfs \(request.target), or bind a directory")
            case .image(let reference):
                throw Failure(.unsupported, "--mount type=image,source=\(reference): mounting images is not there yet")
            }
        }
        return (out, warnings)
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
