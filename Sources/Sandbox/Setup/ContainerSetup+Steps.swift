extension ContainerSetup {
    /// The device nodes of every container (OCI runtime-spec, config-linux.md, "Default Devices").
    private static let defaultDevices: [(name: String, major: UInt32, minor: UInt32)] = [
        ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
    ]
    private static let dangerous: MountFlags = [.noSetuid, .noDevices, .noExec]

    /// The set-up in order. Our own /dev comes first of all, so that nothing an image ships there is ever
    /// touched; fixed places refuse links (CVE-2019-19921, CVE-2023-27561); masks come after every mount;
    /// the terminal is bound after the masks (CVE-2025-52565).
    package var steps: [SetupStep] {
        var steps: [SetupStep] = [.propagation(.slave), rootStep]
        steps += deviceSteps + kernelFileSystemSteps + userMountSteps
        if network == .none { steps.append(.loopbackUp) }
        steps += sysctls.map { .sysctl($0.path, value: $0.value, optional: $0.optional) }
        if let oomScoreAdjustment { steps.append(.oomScoreAdjustment(oomScoreAdjustment)) }
        if privateUTS, let hostname { steps.append(.hostname(hostname)) }
        if privateUTS, let domainname { steps.append(.domainname(domainname)) }
        steps += readOnlyPaths.map(SetupStep.readOnlyPath)
        steps += maskedPaths.map(SetupStep.mask)
        if tty { steps.append(.console(bindOnDevConsole: true, rows: terminalRows, columns: terminalColumns)) }
        if rootReadOnly { steps.append(.rootReadOnly) }
        steps.append(.pivot)
        steps += processSteps
        return steps
    }

    /// For work on the files alone, in a mount namespace of its own: nothing of the container runs there.
    package var fileSteps: [SetupStep] { [.propagation(.slave), rootStep] + userMountSteps }

    private var rootStep: SetupStep {
        switch root {
        case .overlay(let lower, let upper, let work, let at): .overlay(lower: lower, upper: upper, work: work, at: at, flags: deviceFlags)
        case .directory(let source, let at): .rootBind(source, at: at, flags: deviceFlags)
        }
    }

    /// Device nodes that an image ships or that root of the container makes (CAP_MKNOD) stay closed: real root would
    /// reach the host's disks through them. The nodes a container is given are mounts of their own.
    private var deviceFlags: MountFlags { privileged ? [] : .noDevices }

    private var deviceSteps: [SetupStep] {
        var steps: [SetupStep] = [
            .fileSystem(
                type: "tmpfs", target: "/dev", options: ["mode=755", "size=65536k"],
                flags: deviceFlags.union([.noSetuid, .strictAccessTime]), [.create, .noLinks])
        ]
        // The host's nodes are bound, one by one and checked: making nodes is refused in a user namespace.
        for device in Self.defaultDevices {
            steps.append(
                .device(
                    source: "/dev/\(device.name)", target: "/dev/\(device.name)", major: device.major, minor: device.minor, optional: false)
            )
        }
        for path in hostDevices { steps.append(.anyDevice(source: path, target: path)) }
        for device in devices { steps.append(.anyDevice(source: device.source, target: device.target)) }
        var ptsOptions = ["newinstance", "ptmxmode=0666", "mode=0620"]
        // Group 5 (tty) exists only where enough ids are mapped.
        if mappedIDs > 5 { ptsOptions.append("gid=5") }
        steps += [
            .fileSystem(type: "devpts", target: "/dev/pts", options: ptsOptions, flags: [.noSetuid, .noExec], [.create, .noLinks]),
            .symlink("pts/ptmx", at: "/dev/ptmx"), .symlink("/proc/self/fd", at: "/dev/fd"), .symlink("/proc/self/fd/0", at: "/dev/stdin"),
            .symlink("/proc/self/fd/1", at: "/dev/stdout"), .symlink("/proc/self/fd/2", at: "/dev/stderr"),
            .symlink("/proc/kcore", at: "/dev/core"),
        ]
        if privateIPC {
            steps.append(
                .fileSystem(
                    type: "tmpfs", target: "/dev/shm", options: ["mode=1777", "size=\(sharedMemoryBytes)"], flags: Self.dangerous,
                    [.create, .noLinks]))
            steps.append(
                .fileSystem(type: "mqueue", target: "/dev/mqueue", options: [], flags: Self.dangerous, [.create, .noLinks, .optional]))
        } else {
            steps.append(
                .bind(source: "/dev/shm", target: "/dev/shm", flags: Self.dangerous, propagation: nil, [.create, .noLinks, .recursive]))
            steps.append(
                .bind(
                    source: "/dev/mqueue", target: "/dev/mqueue", flags: Self.dangerous, propagation: nil, [.create, .noLinks, .optional]))
        }
        return steps
    }

    private var kernelFileSystemSteps: [SetupStep] {
        let place: MountTarget = [.create, .noLinks]
        var steps: [SetupStep] = [
            // In another container with masked paths the kernel refuses a fresh proc; a private pid namespace then
            // still needs one, so the outer proc is bound only where the pid namespace is shared or nothing else works.
            .fileSystem(type: "proc", target: "/proc", options: [], flags: Self.dangerous, place.union(.bindIfRefused)),
            .fileSystem(
                type: "sysfs", target: "/sys", options: [], flags: privileged ? Self.dangerous : Self.dangerous.union(.readOnly),
                place.union(.bindIfRefused)),
        ]
        let cgroupFlags = privileged ? Self.dangerous : Self.dangerous.union(.readOnly)
        if unifiedCgroups {
            steps.append(
                .fileSystem(
                    type: "cgroup2", target: "/sys/fs/cgroup", options: [], flags: cgroupFlags, [.noLinks, .optional, .bindIfRefused]))
        } else {
            steps.append(.mask("/sys/fs/cgroup"))
        }
        return steps
    }

    private var userMountSteps: [SetupStep] {
        // Parents before children, whatever the order of the flags.
        let ordered = mounts.enumerated().sorted { a, b in
            let (x, y) = (a.element.target.split(separator: "/").count, b.element.target.split(separator: "/").count)
            return x == y ? a.offset < b.offset : x < y
        }
        return ordered.map { _, mount in
            switch mount.kind {
            case .bind(let source, let recursive, let propagation):
                let how: MountTarget = recursive ? [.create, .recursive, .flagsRecursive] : [.create]
                let flags = privileged && !ownUserNamespace ? mount.flags.subtracting(.noDevices) : mount.flags
                return .bind(source: source, target: mount.target, flags: flags, propagation: propagation, how)
            case .tmpfs(let options, let copyUp):
                return .fileSystem(
                    type: "tmpfs", target: mount.target, options: options, flags: mount.flags, copyUp ? [.create, .copyUp] : [.create])
            case .below(let source, let path): return .bindBelow(source: source, path: path, target: mount.target, flags: mount.flags)
            case .fileSystem(let type, let source, let options):
                return .mount(type: type, source: source, target: mount.target, options: options, flags: mount.flags)
            }
        }
    }

    private var processSteps: [SetupStep] {
        var steps: [SetupStep] = [.sessionKeyring, .workingDirectory(workingDirectory)]
        // After the last step that opens a file: a small `nofile` must not stop us.
        steps += limits.map { .resourceLimit(resource: $0.resource, soft: $0.soft, hard: $0.hard) }
        steps.append(.boundingSet(capabilities))
        // Without no_new_privs only a process with CAP_SYS_ADMIN may install a filter: before it drops its capabilities.
        if let seccomp, !noNewPrivileges { steps.append(.seccomp(seccomp)) }
        steps.append(.identity(uid: uid, gid: gid, groups: groups))
        steps.append(.capabilities(uid == 0 ? capabilities : 0))
        if noNewPrivileges { steps.append(.noNewPrivileges) }
        if let seccomp, noNewPrivileges { steps.append(.seccomp(seccomp)) }
        if reaper { steps.append(.reaper) }
        return steps
    }
}
