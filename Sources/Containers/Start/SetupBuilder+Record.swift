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
        for (index, entry) in list("Mounts").enumerated() { out.append(try startMount(MountRecord(entry), number: index)) }
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
