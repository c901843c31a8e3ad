internal import LinuxSys
internal import Primitives
internal import Sandbox
internal import Store

/// The parts of a set-up that were parsed and checked at creation and lie in the record under `Proa`.
extension SetupBuilder {
    private func list(_ key: String) -> [JSON] { record.proa[key]?.array ?? [] }

    private func damaged(_ what: String) -> Failure { Failure(.corrupt, "the container's record is damaged: \(what)") }

    func limits() throws(Failure) -> [(resource: UInt32, soft: UInt64, hard: UInt64)] {
        var out: [(resource: UInt32, soft: UInt64, hard: UInt64)] = []
        for entry in list("Limits") {
            guard let resource = entry["Resource"]?.int, let soft = entry["Soft"]?.int, let hard = entry["Hard"]?.int else {
                throw damaged("limits")
            }
            // -1 is RLIM_INFINITY in both worlds.
            out.append((UInt32(truncatingIfNeeded: resource), UInt64(bitPattern: soft), UInt64(bitPattern: hard)))
        }
        return out
    }

    func userMounts() throws(Failure) -> [ContainerSetup.Mount] {
        var out: [ContainerSetup.Mount] = []
        for entry in list("Mounts") { out.append(try MountRecord(entry).mount) }
        return out
    }

    func devices() throws(Failure) -> [(source: String, target: String)] {
        var out: [(source: String, target: String)] = []
        for entry in list("Devices") {
            guard let source = entry["Source"]?.string, let target = entry["Target"]?.string else { throw damaged("devices") }
            guard HostFile.exists(source) else {
                throw Failure(.notFound, "\(StartFailure.noDeviceText) \"\(source)\": no such file or directory")
            }
            out.append((source, target))
        }
        return out
    }

    func sysctls(_ setup: ContainerSetup) throws(Failure) -> [(path: String, value: String, optional: Bool)] {
        var out: [(path: String, value: String, optional: Bool)] = []
        if setup.network == .none {
            // Ports below 1024 and ping need no privilege inside: docker's defaults.
            out.append(("net/ipv4/ip_unprivileged_port_start", "0", true))
            out.append(("net/ipv4/ping_group_range", "0 \(min(setup.mappedIDs - 1, 2_147_483_647))", true))
        }
        for entry in list("Sysctls") {
            guard let path = entry["Path"]?.string, let value = entry["Value"]?.string else { throw damaged("sysctls") }
            out.removeAll { $0.path == path }
            out.append((path, value, false))
        }
        return out
    }

    /// Capabilities, seccomp and protected paths.
    func confine(_ setup: inout ContainerSetup) throws(Failure) {
        setup.capabilities = UInt64(bitPattern: record.proa["Capabilities"]?.int ?? 0)
        setup.noNewPrivileges = record.proa["NoNewPrivileges"]?.bool ?? false
        if !setup.privileged, record.proa["SystemPathsUnconfined"]?.bool != true {
            let unmasked = Set(record.proa["Unmask"]?.strings ?? [])
            setup.maskedPaths = (ProtectedPaths.masked + (record.proa["Mask"]?.strings ?? [])).filter { !unmasked.contains($0) }
            setup.readOnlyPaths = ProtectedPaths.readOnly.filter { !unmasked.contains($0) }
        }
        setup.seccomp = try ContainerFilter.program(record, containers: containers, directory: directory)
    }
}

/// A mount of the record: what `-v`, `--mount` and `--tmpfs` became.
struct MountRecord: Equatable {
    var mount: ContainerSetup.Mount

    init(_ mount: ContainerSetup.Mount) { self.mount = mount }

    init(_ json: JSON) throws(Failure) {
        guard let target = json["Target"]?.string, let flags = json["Flags"]?.int else {
            throw Failure(.corrupt, "the container's record is damaged: mounts")
        }
        let kind: ContainerSetup.Mount.Kind
        if let source = json["Source"]?.string {
            let propagation = json["Propagation"]?.int.flatMap { Propagation(rawValue: UInt32(truncatingIfNeeded: $0)) }
            kind = .bind(source: source, recursive: json["Recursive"]?.bool ?? true, propagation: propagation)
        } else {
            kind = .tmpfs(options: json["Options"]?.strings ?? [], copyUp: json["CopyUp"]?.bool ?? false)
        }
        mount = ContainerSetup.Mount(kind, target: target, flags: MountFlags(rawValue: UInt64(bitPattern: flags)))
    }

    var json: JSON {
        var object: JSONObject = ["Target": .string(mount.target), "Flags": .int(Int64(bitPattern: mount.flags.rawValue))]
        switch mount.kind {
        case .bind(let source, let recursive, let propagation):
            object["Source"] = .string(source)
            object["Recursive"] = .bool(recursive)
            if let propagation { object["Propagation"] = .int(Int64(propagation.rawValue)) }
        case .tmpfs(let options, let copyUp):
            object["Options"] = .strings(options)
            object["CopyUp"] = .bool(copyUp)
        }
        return .object(object)
    }
}

/// The device nodes of the host that a privileged container of real root gets.
enum HostDevices {
    static func all() throws(Failure) -> [String] {
        let ours: Set<String> = ["null", "zero", "full", "random", "urandom", "tty", "console", "ptmx"]
        let directory = try Directory.open("/dev")
        var paths: [String] = []
        for name in try directory.names().sorted() where !ours.contains(name) {
            guard let status = try directory.status(name), status.kind == .characterDevice || status.kind == .blockDevice else { continue }
            paths.append("/dev/\(name)")
        }
        return paths
    }
}
