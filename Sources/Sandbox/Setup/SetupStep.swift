package import LinuxSys

/// One step between clone(2) and execve(2), in the words of the kernel. A container's set-up is a list of
/// these: pure data, compared in tests; `raw` is what the C side executes.
///
/// `target` is always a path inside the container's root and is resolved without leaving it; sources are
/// paths of the host, relative ones start at the store's layer directory.
package enum SetupStep: Equatable, Sendable {
    case propagation(Propagation)
    /// The root file system: `lower` topmost first. `at` is a host directory to mount it on.
    case overlay(lower: [String], upper: String, work: String, at: String, flags: MountFlags)
    /// A host directory as the root.
    case rootBind(String, at: String, flags: MountFlags)
    case fileSystem(type: String, target: String, options: [String], flags: MountFlags, MountTarget)
    case bind(source: String, target: String, flags: MountFlags, propagation: Propagation?, MountTarget)
    /// `path` below the host's directory `source`, resolved without leaving it.
    case bindBelow(source: String, path: String, target: String, flags: MountFlags)
    /// A file system that has a source of its own: an overlay of two directories, a server's export.
    case mount(type: String, source: String, target: String, options: [String], flags: MountFlags)
    /// A device node of the host, after checking that it is `major:minor`; nil takes any.
    case device(source: String, target: String, major: UInt32, minor: UInt32, optional: Bool)
    case anyDevice(source: String, target: String)
    case symlink(String, at: String)
    case directory(String)
    case mask(String)
    case readOnlyPath(String)
    /// A key below /proc/sys, with slashes. Optional: nobody asked for it, so its refusal is told and no failure.
    case sysctl(String, value: String, optional: Bool)
    case hostname(String)
    case domainname(String)
    case loopbackUp
    case resourceLimit(resource: UInt32, soft: UInt64, hard: UInt64)
    case oomScoreAdjustment(Int)
    /// Opens a terminal, sends its master to the monitor, makes it the controlling terminal.
    case console(bindOnDevConsole: Bool, rows: UInt16, columns: UInt16)
    case rootReadOnly
    case pivot
    /// Made when missing, owned by root as docker's; proved to lie inside the root.
    case workingDirectory(String)
    /// Capabilities outside this set leave the bounding set.
    case boundingSet(UInt64)
    /// - Parameter groups: `nil`: those the process has stay.
    case identity(uid: UInt32, gid: UInt32, groups: [UInt32]?)
    /// Effective and permitted; nothing is ever inheritable (CVE-2022-29162).
    case capabilities(UInt64)
    case noNewPrivileges
    /// `struct sock_filter[]`.
    case seccomp([UInt8])
    case sessionKeyring
    /// Process 1 stays behind as a reaper.
    case reaper

    package var raw: RawStep {
        switch self {
        case .propagation(let kind): RawStep(.propagation, flags: kind.rawValue)
        case .overlay(let lower, let upper, let work, let at, let flags):
            RawStep(.overlay, number: flags.rawValue, source: upper, target: at, extra: work, list: lower)
        case .rootBind(let source, let at, let flags): RawStep(.rootBind, number: flags.rawValue, source: source, target: at)
        case .fileSystem(let type, let target, let options, let flags, let how):
            RawStep(.fileSystem, flags: how.rawValue, number: flags.rawValue, source: type, target: target, list: options)
        case .bind(let source, let target, let flags, let propagation, let how):
            RawStep(
                .bind, flags: how.rawValue, number: flags.rawValue, number2: UInt64(propagation?.rawValue ?? 0), source: source,
                target: target)
        case .bindBelow(let source, let path, let target, let flags):
            RawStep(
                .bind, flags: MountTarget.create.rawValue, number: flags.rawValue, source: source, target: target, extra: path)
        case .mount(let type, let source, let target, let options, let flags):
            RawStep(
                .fileSystem, flags: MountTarget.create.rawValue, number: flags.rawValue, source: type, target: target, extra: source,
                list: options)
        case .device(let source, let target, let major, let minor, let optional):
            RawStep(
                .device, flags: optional ? MountTarget.optional.rawValue : 0, number: DeviceNumber.combine(major, minor), source: source,
                target: target)
        case .anyDevice(let source, let target): RawStep(.device, source: source, target: target)
        case .symlink(let text, let at): RawStep(.symlink, source: text, target: at)
        case .directory(let path): RawStep(.directory, target: path)
        case .mask(let path): RawStep(.mask, target: path)
        case .readOnlyPath(let path): RawStep(.readOnly, target: path)
        case .sysctl(let path, let value, let optional):
            RawStep(.sysctl, flags: optional ? MountTarget.optional.rawValue : 0, source: value, target: path)
        case .hostname(let name): RawStep(.hostname, source: name)
        case .domainname(let name): RawStep(.domainname, source: name)
        case .loopbackUp: RawStep(.loopback)
        case .resourceLimit(let resource, let soft, let hard): RawStep(.rlimit, flags: resource, number: soft, number2: hard)
        case .oomScoreAdjustment(let score): RawStep(.oomScore, source: String(score))
        case .console(let bind, let rows, let columns): RawStep(.console, flags: bind ? 1 : 0, number: UInt64(rows) << 16 | UInt64(columns))
        case .rootReadOnly: RawStep(.rootReadOnly)
        case .pivot: RawStep(.pivot)
        case .workingDirectory(let path): RawStep(.workdir, target: path)
        case .boundingSet(let set): RawStep(.bounding, number: set)
        case .identity(let uid, let gid, let groups):
            RawStep(
                .identity, flags: uid, number: UInt64(gid), number2: groups.map { UInt64($0.count) } ?? .max,
                data: (groups ?? []).flatMap { withUnsafeBytes(of: $0, Array.init) })
        case .capabilities(let set): RawStep(.capabilities, number: set)
        case .noNewPrivileges: RawStep(.noNewPrivileges)
        case .seccomp(let program): RawStep(.seccomp, data: program)
        case .sessionKeyring: RawStep(.keyring)
        case .reaper: RawStep(.reaper)
        }
    }

    /// What this step was doing, for a message: `mounting "/srv" on "/data"`.
    package var description: String {
        switch self {
        case .propagation: "separating the mount namespace"
        case .overlay: "mounting the root file system (overlay)"
        case .rootBind(let source, _, _): "mounting \"\(source)\" as the root file system"
        case .fileSystem(let type, let target, _, _, _): "mounting \(type) on \"\(target)\""
        case .bind(let source, let target, _, _, _): "mounting \"\(source)\" on \"\(target)\""
        case .bindBelow(let source, let path, let target, _): "mounting \"\(source)/\(path)\" on \"\(target)\""
        case .mount(let type, let source, let target, _, _): "mounting \(type) \"\(source)\" on \"\(target)\""
        case .device(_, let target, _, _, _), .anyDevice(_, let target): "adding the device \"\(target)\""
        case .symlink(_, let at): "making the link \"\(at)\""
        case .directory(let path): "making the directory \"\(path)\""
        case .mask(let path): "masking \"\(path)\""
        case .readOnlyPath(let path): "making \"\(path)\" read-only"
        case .sysctl(let path, _, _): "setting the sysctl \"\(path.replacing("/", with: "."))\""
        case .hostname(let name): "setting the host name \"\(name)\""
        case .domainname(let name): "setting the domain name \"\(name)\""
        case .loopbackUp: "bringing up the loopback interface"
        case .resourceLimit(let resource, _, _): "setting resource limit \(resource)"
        case .oomScoreAdjustment(let score): "setting the OOM score adjustment \(score)"
        case .console: "opening the terminal"
        case .rootReadOnly: "making the root file system read-only"
        case .pivot: "entering the root file system"
        case .workingDirectory(let path): "changing to the working directory \"\(path)\""
        case .boundingSet, .capabilities: "setting the capabilities"
        case .identity(let uid, let gid, _): "becoming user \(uid):\(gid)"
        case .noNewPrivileges: "forbidding new privileges"
        case .seccomp: "installing the seccomp filter"
        case .sessionKeyring: "making a session keyring"
        case .reaper: "starting the init process"
        }
    }
}
