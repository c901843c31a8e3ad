internal import LinuxSys
internal import Primitives
internal import Sandbox
internal import Store

/// A set-up ready to be handed over.
struct PreparedSetup {
    var steps: [SetupStep]
    var plan: ProcessPlan
    var uid: UInt32
}

/// Turns a container's record into its set-up: reads the image's users, compiles the filter, lists the steps.
struct SetupBuilder {
    let record: ContainerRecord
    let containers: ContainerStore
    let idMap: IdMapPlan
    let places: StorePlaces
    /// Path of the container's directory.
    let directory: String

    func build(terminal: Terminal.Size?) throws(Failure) -> PreparedSetup {
        let user = try ContainerUser.resolve(record, containers: containers, idMap: idMap)
        let setup = try setup(user, terminal)
        let environment = environment(user)
        let steps = setup.steps
        var plan = ProcessPlan(
            steps: steps.map(\.raw), candidates: ProgramSearch.candidates(record.arguments[0], environment: environment),
            arguments: record.arguments, environment: environment)
        plan.keepsGroups = setup.groups == nil
        // Another root of the container than the caller himself is a stranger to his files.
        plan.opensSourcesFirst = idMap.custom.map { IdMap.own(0, in: $0.users) != 0 } ?? false
        return PreparedSetup(steps: steps, plan: plan, uid: user.uid)
    }

    private func setup(_ user: ResolvedUser, _ terminal: Terminal.Size?) throws(Failure) -> ContainerSetup {
        let host = record.hostConfig
        var setup = ContainerSetup()
        let mountPoint = try containers.root.area(.mountPoint).path
        setup.root = try root(at: mountPoint)
        setup.rootReadOnly = host["ReadonlyRootfs"]?.bool ?? false
        setup.privileged = host["Privileged"]?.bool ?? false
        setup.network = record.networkMode.hasOwnNamespace ? .none : record.networkMode == .host ? .host : .joined
        setup.privateUTS = host["UTSMode"]?.string != "host"
        setup.privatePID = host["PidMode"]?.string != "host"
        setup.privateIPC = host["IpcMode"]?.string != "host"
        setup.privateCgroup = host["CgroupnsMode"]?.string != "host"
        setup.unifiedCgroups = HostFile.exists("/sys/fs/cgroup/cgroup.controllers")
        setup.ownUserNamespace = idMap.needsUserNamespace
        setup.mappedIDs = idMap.mappedIDs
        setup.hostname = record.config["Hostname"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        setup.domainname = record.config["Domainname"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        setup.sharedMemoryBytes = host["ShmSize"]?.int ?? 64 << 20
        setup.tty = record.tty
        setup.terminalRows = terminal?.rows ?? 0
        setup.terminalColumns = terminal?.columns ?? 0
        (setup.uid, setup.gid) = (user.uid, user.gid)
        setup.groups = ContainerUser.keepsGroups(record) ? nil : user.supplementaryGroups
        setup.workingDirectory = record.config["WorkingDir"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        setup.reaper = host["Init"]?.bool ?? false
        setup.oomScoreAdjustment = host["OomScoreAdj"]?.int.flatMap { $0 == 0 ? nil : Int($0) }
        setup.limits = try limits()
        setup.mounts = fileMounts(setup) + (try userMounts())
        setup.devices = try devices()
        if setup.privileged, !idMap.needsUserNamespace { setup.hostDevices = try HostDevices.all() }
        setup.sysctls = try sysctls(setup)
        try confine(&setup)
        return setup
    }

    private func root(at mountPoint: String) throws(Failure) -> ContainerSetup.Root {
        HostFile.exists("\(directory)/\(FlatRoot.name)")
            ? .directory("\(directory)/\(FlatRoot.name)", at: mountPoint)
            : .overlay(lower: try lowerDirectories(), upper: "\(directory)/upper", work: "\(directory)/work", at: mountPoint)
    }

    /// What a container that does not run has of files: its root and what of the host is mounted on it.
    func fileSetup() throws(Failure) -> ContainerSetup {
        var setup = ContainerSetup()
        setup.root = try root(at: try containers.root.area(.mountPoint).path)
        setup.mounts = fileMounts(setup) + (try userMounts()).filter { if case .bind = $0.kind { true } else { false } }
        return setup
    }

    /// Topmost first, relative to the store.
    private func lowerDirectories() throws(Failure) -> [String] {
        let layers = LayerStore(containers.root, singleOwner: idMap.isSingleOwner)
        var paths: [String] = []
        for diffID in record.layers.reversed() {
            guard try layers.contains(diffID) else {
                let reason = try layers.obstacle(diffID).map { ": \($0)" } ?? ""
                throw Failure(
                    .notFound, "layer \(diffID.short) of image \"\(record.imageName)\" is not unpacked for this user\(reason)",
                    hint: "pull the image again: proa pull \(record.imageName)")
            }
            paths.append(try layers.overlayPath(diffID))
        }
        return paths.isEmpty ? [try layers.empty()] : paths
    }

    /// hosts, hostname and resolv.conf, unless the user mounts something there.
    private func fileMounts(_ setup: ContainerSetup) -> [ContainerSetup.Mount] {
        let taken = Set((record.proa["Mounts"]?.array ?? []).compactMap { $0["Target"]?.string })
        return ["hosts", "hostname", "resolv.conf"].filter { !taken.contains("/etc/\($0)") }.map { name in
            ContainerSetup.Mount(
                .bind(source: "\(directory)/\(name)", recursive: false, propagation: nil), target: "/etc/\(name)",
                flags: setup.rootReadOnly ? .readOnly : [])
        }
    }

    private func environment(_ user: ResolvedUser) -> [String] {
        ProcessEnvironment.of(record, tty: record.tty, adding: [], home: user.home)
    }
}

/// The environment of a process in a container, in docker's order: what the engine gives, what the container was
/// created with, what `exec` adds; a later value takes the place of the earlier one.
enum ProcessEnvironment {
    static func of(_ record: ContainerRecord, tty: Bool, adding extra: [String], home: String) -> [String] {
        var environment = ["PATH=\(ProgramSearch.defaultPath)"]
        if let hostname = record.config["Hostname"]?.string, !hostname.isEmpty { environment.append("HOSTNAME=\(hostname)") }
        if tty { environment.append("TERM=xterm") }
        for entry in (record.config["Env"]?.strings ?? []) + extra {
            let name = entry.prefix { $0 != "=" } + "="
            if let index = environment.firstIndex(where: { $0.hasPrefix(name) }) {
                environment[index] = entry
            } else {
                environment.append(entry)
            }
        }
        if !environment.contains(where: { $0.hasPrefix("HOME=") }) { environment.append("HOME=\(home)") }
        return environment
    }
}

/// Where a program named without a slash is looked for.
enum ProgramSearch {
    static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// - Returns: full paths in the order of PATH; never empty.
    static func candidates(_ program: String, environment: [String]) -> [String] {
        if program.isEmpty { return [""] }
        if program.contains("/") { return [program] }
        let path = environment.last { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? Substring(defaultPath)
        let found = path.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(program)" }
        return found.isEmpty ? ["/\(program)"] : found
    }
}
