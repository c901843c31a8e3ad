/// What a mount forbids, as MOUNT_ATTR_* bits of mount_setattr(2).
package struct MountFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static let readOnly = MountFlags(rawValue: 0x1)
    package static let noSetuid = MountFlags(rawValue: 0x2)
    package static let noDevices = MountFlags(rawValue: 0x4)
    package static let noExec = MountFlags(rawValue: 0x8)
    package static let noAccessTime = MountFlags(rawValue: 0x10)
    package static let strictAccessTime = MountFlags(rawValue: 0x20)
}

/// How mounts spread between mount namespaces (mount_namespaces(7)), as MS_* bits.
package enum Propagation: UInt32, Hashable, Sendable {
    case `private` = 0x40000
    case slave = 0x80000
    case shared = 0x100000
}

/// What set-up does where the target of a mount is missing, and how its path is resolved.
package struct MountTarget: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// A missing target becomes a file instead of a directory.
    package static let file = MountTarget(rawValue: 1)
    /// A missing target is made, without following links.
    package static let create = MountTarget(rawValue: 2)
    /// A symbolic link anywhere in the path is refused: for fixed places such as /proc.
    package static let noLinks = MountTarget(rawValue: 4)
    /// Bind with everything mounted below the source.
    package static let recursive = MountTarget(rawValue: 8)
    /// A refusal of the kernel is no failure.
    package static let optional = MountTarget(rawValue: 16)
    /// The flags also hold for what is mounted below.
    package static let flagsRecursive = MountTarget(rawValue: 32)
    /// Where the kernel refuses a fresh file system, the host's mount at the same path is bound.
    package static let bindIfRefused = MountTarget(rawValue: 64)
    /// A new tmpfs starts with the content it hides.
    package static let copyUp = MountTarget(rawValue: 128)
}
