package import Primitives
package import Sandbox

/// One thing the user wants mounted in the container, whichever flag it came from.
package struct VolumeRequest: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// An absolute, clean path of the host.
        case bind(source: String)
        case volume(name: String)
        case anonymous
        case tmpfs(TmpfsOptions)
        /// The file system of an image, as typed.
        case image(reference: String)
    }

    package enum Flag: Equatable, Sendable {
        case volume, mount, tmpfs
        /// No flag named it: the image's VOLUME, or another container's mount.
        case implied
    }

    /// What becomes of mounts below the source of a bind.
    package enum Recursion: Equatable, Sendable {
        /// They come along; of a read-only bind they become read-only where the kernel can.
        case enabled
        /// They stay outside.
        case disabled
        /// They come along and stay writable in a read-only bind.
        case writable
        /// They come along and must become read-only, or the bind fails.
        case readOnly
    }

    /// SELinux labels: for one container (`Z`) or shared between several (`z`). Kept, not applied.
    package enum Relabel: String, Equatable, Sendable {
        case shared = "z"
        case exclusive = "Z"
    }

    package var kind: Kind
    /// Absolute and clean, never `/`.
    package var target: String
    package var readOnly = false
    package var propagation = Propagation.private
    /// Whether `propagation` also holds for mounts below.
    package var propagationRecursive = true
    /// The word of `--mount`, empty when none was given.
    package var propagationText = ""
    package var consistency = ""
    package var recursion = Recursion.enabled
    package var relabel: Relabel?
    /// A missing bind source is made: `-v` does, `--mount` only when asked.
    package var createSource = false
    /// A new volume stays empty instead of taking what the image has at the target.
    package var noCopy = false
    /// A folder inside the volume or image, relative, without `..`; empty for all of it.
    package var subpath = ""
    /// The flag it came from: the container's document shows each in another place.
    package var flag = Flag.volume
    /// The words after the second colon of `-v`, as typed.
    package var modeText = ""
    /// `U`: its files are given to the container's user.
    package var chown = false
    /// `O`: what the container changes there vanishes with it.
    package var overlay = false
    /// `noexec`, `nosuid`, `nodev` of `-v`.
    package var flags: MountFlags = []
    /// Empty for the default.
    package var volumeDriver = ""
    package var volumeLabels: [KeyValue] = []
    package var volumeOptions: [KeyValue] = []

    package init(_ kind: Kind, target: String) {
        self.kind = kind
        self.target = target
    }

    /// docker's word for the kind.
    package var typeName: String {
        switch kind {
        case .bind: "bind"
        case .volume, .anonymous: "volume"
        case .tmpfs: "tmpfs"
        case .image: "image"
        }
    }

    /// - Throws: `.invalid` with docker's text when two requests have one target.
    package static func checkTargets(_ requests: [VolumeRequest]) throws(Failure) {
        var seen: Set<String> = []
        for request in requests where !seen.insert(request.target).inserted {
            throw Failure(.invalid, "Duplicate mount point: \(request.target)")
        }
    }

    /// - Throws: `.invalid` with docker's reasons, for a path that is relative, the root or impossible.
    static func checkedTarget(_ path: String) throws(Failure) -> String {
        let clean = cleanPath(path)
        guard clean != "/" else { throw Failure(.invalid, "invalid specification: destination can't be '/'") }
        try checkAbsolute(path)
        return clean
    }

    static func checkAbsolute(_ path: String) throws(Failure) {
        guard path.isAbsolutePath else {
            throw Failure(.invalid, "invalid mount path: '\(path)' mount path must be absolute")
        }
        guard !path.utf8.contains(0), path.utf8.count < 4096 else {
            throw Failure(.invalid, "invalid mount path: \(String(path.prefix(80)).quoted)")
        }
    }

    /// - Throws: `.invalid` with docker's texts; a name that looks like a path was meant as one.
    static func checkVolumeName(_ name: String) throws(Failure) {
        guard isObjectName(name) else {
            throw Failure(
                .invalid,
                "create \(name): \(name.quoted) includes invalid characters for a local volume name, only "
                    + "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path")
        }
        guard name.utf8.count >= 2 else {
            throw Failure(
                .invalid, "create \(name): volume name is too short, names should be at least two alphanumeric characters")
        }
        guard name.utf8.count <= 200 else { throw Failure(.invalid, "the volume name is longer than 200 bytes") }
    }

    /// `shared`, `slave`, `private` and the same with `r` in front; false for any other word.
    mutating func setPropagation(_ word: String) -> Bool {
        switch word {
        case "private", "rprivate": propagation = .private
        case "slave", "rslave": propagation = .slave
        case "shared", "rshared": propagation = .shared
        default: return false
        }
        propagationRecursive = word.hasPrefix("r")
        return true
    }
}
