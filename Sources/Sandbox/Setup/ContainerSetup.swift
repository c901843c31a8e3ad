/// Everything that decides a container's set-up: plain values, resolved before anything is started.
package struct ContainerSetup: Equatable, Sendable {
    package struct Mount: Equatable, Sendable {
        package enum Kind: Equatable, Sendable {
            case bind(source: String, recursive: Bool, propagation: Propagation?)
            /// `size=`, `mode=`, … already checked.
            case tmpfs(options: [String], copyUp: Bool)
            /// A directory inside a volume, found without leaving it: what containers put there is hostile.
            case below(source: String, path: String)
            /// A new file system of the kernel: `key=value` or `flag` each, already checked.
            case fileSystem(type: String, source: String, options: [String])
        }
        package var kind: Kind
        package var target: String
        package var flags: MountFlags
        package init(_ kind: Kind, target: String, flags: MountFlags) { (self.kind, self.target, self.flags) = (kind, target, flags) }
    }
    /// `none`: one that was made for it; `joined`: another container's, or one with a name, configured by others.
    package enum Network: Equatable, Sendable { case none, host, joined }

    package var root: Root = .overlay(lower: [], upper: "", work: "", at: "")
    package enum Root: Equatable, Sendable {
        case overlay(lower: [String], upper: String, work: String, at: String)
        case directory(String, at: String)
    }
    package var rootReadOnly = false
    package var hostname: String?
    package var domainname: String?
    package var network = Network.none
    package var privateUTS = true
    package var privatePID = true
    package var privateIPC = true
    package var privateCgroup = true
    /// cgroup v2 alone is mounted at /sys/fs/cgroup of the host.
    package var unifiedCgroups = false
    package var privileged = false
    /// In a user namespace of ours.
    package var ownUserNamespace = true
    /// Count of ids mapped; groups above it cannot be named in sysctls.
    package var mappedIDs: UInt32 = 65536
    package var sharedMemoryBytes: Int64 = 64 << 20
    package var mounts: [Mount] = []
    package var devices: [(source: String, target: String)] = []
    /// Every host device, for --privileged as real root.
    package var hostDevices: [String] = []
    package var sysctls: [(path: String, value: String, optional: Bool)] = []
    package var limits: [(resource: UInt32, soft: UInt64, hard: UInt64)] = []
    package var oomScoreAdjustment: Int?
    package var maskedPaths: [String] = []
    package var readOnlyPaths: [String] = []
    package var tty = false
    package var terminalRows: UInt16 = 0
    package var terminalColumns: UInt16 = 0
    package var uid: UInt32 = 0
    package var gid: UInt32 = 0
    /// `nil`: the caller's.
    package var groups: [UInt32]? = []
    package var capabilities: UInt64 = 0
    package var noNewPrivileges = false
    package var seccomp: [UInt8]?
    package var workingDirectory = "/"
    package var reaper = false

    package init() {}

    package static func == (a: ContainerSetup, b: ContainerSetup) -> Bool { a.steps == b.steps }
}
