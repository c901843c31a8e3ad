package import LinuxSys
package import Primitives

/// The open store of one user: `$XDG_DATA_HOME/proa`, of root `/var/lib/proa`. Directories are made when
/// first written to; a store that was never used reads as empty.
package final class StoreRoot: Sendable {
    package let directory: Directory
    package var path: String { directory.path }

    /// Stores of others that are read and never written, in the order they are asked.
    package let additional: [StoreRoot]
    /// This is one of those.
    package let isReadOnly: Bool

    private init(_ directory: consuming Directory, additional: [StoreRoot], isReadOnly: Bool = false) {
        self.directory = directory
        (self.additional, self.isReadOnly) = (additional, isReadOnly)
    }

    /// Opens the store, making its directory (mode 0700: unpacked set-uid files and secrets lie below).
    /// - Parameter additional: paths of stores to read from as well.
    /// - Throws: what the kernel said, with the variable that moves the store elsewhere.
    package static func open(path: String, additional: [String] = additionalPaths()) throws(Failure) -> StoreRoot {
        var others: [StoreRoot] = []
        for other in additional where other != path { others.append(try openReadOnly(other)) }
        do throws(Failure) {
            try HostFile.makeDirectories(path)
            let directory = try Directory.open(path)
            try directory.close(toOthers: Process.effectiveUserID)
            return StoreRoot(directory, additional: others)
        } catch {
            throw error.within("opening the store").hinting("set XDG_DATA_HOME to a directory that you can write")
        }
    }

    /// `PROA_ADDITIONAL_STORES`, divided by colons.
    package static func additionalPaths() -> [String] {
        (Process.environment("PROA_ADDITIONAL_STORES") ?? "").split(separator: ":").map(String.init)
    }

    private static func openReadOnly(_ path: String) throws(Failure) -> StoreRoot {
        guard path.hasPrefix("/") else {
            throw Failure(.invalid, "PROA_ADDITIONAL_STORES: \"\(path)\" is no absolute path")
        }
        do throws(Failure) { return StoreRoot(try Directory.open(path), additional: [], isReadOnly: true) } catch {
            throw error.within("PROA_ADDITIONAL_STORES")
        }
    }

    /// A directory of the store, made when missing.
    package func area(_ area: Area) throws(Failure) -> Directory {
        if isReadOnly { throw Failure(.denied, "the additional store \"\(path)\" is never written to") }
        var parts = area.path.split(separator: "/").map(String.init)[...]
        var current = try directory.makeDirectory(parts.removeFirst())
        while let part = parts.popFirst() { current = try current.makeDirectory(part) }
        return current
    }

    /// A directory of the store for reading, `nil` when nothing was ever put there.
    package func existing(_ area: Area) throws(Failure) -> Directory? {
        do throws(Failure) { return try directory.openDirectory(area.path) } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    /// The fixed places below the store's root.
    package enum Area: String, Sendable, CaseIterable {
        /// Blobs exactly as a registry sent them, named by digest.
        case blobs = "blobs/sha256"
        /// Unpacked layers named by diff id; owners through the user's subordinate ids.
        case layers
        /// Unpacked layers of a user without subordinate ids: every file is the user's own.
        case singleOwnerLayers = "layers-single"
        /// One record per image, named by image id.
        case images
        /// One record per image name, named by the SHA-256 of the name.
        case imageNames = "images/names"
        /// Lists of manifests that a user puts together, named by the SHA-256 of the name.
        case manifestLists = "manifests"
        case containers
        /// Symbolic links from a container's name to its id: making one takes the name.
        case containerNames = "containers/.names"
        /// A directory for each volume: its record, its content.
        case volumes
        /// Empty: the mount point of every container's overlay, each in a mount namespace of its own. A mount point of one
        /// container alone could only be removed with it when the kernel has taken all its mounts down.
        case mountPoint = "mnt"
        /// Partial downloads and staging; every entry belongs to a lease or is resumable.
        case staging = "tmp"
        /// One record per network, named by its id.
        case networks
        case leases
        case seccompFilters = "cache/seccomp"

        package var path: String { rawValue }
    }
}

extension StoreRoot {
    /// A failure for want of space, with the place and what is left there.
    package func explainingSpace(_ failure: Failure) -> Failure {
        guard failure.kind == .noSpace, let space = directory.space() else { return failure }
        let left = "\(ByteSize.decimal(Int64(clamping: space.freeBytes))) of \(ByteSize.decimal(Int64(clamping: space.totalBytes)))"
        var explained = Failure(
            .noSpace, "\(failure.message): \(left) are free in \"\(path)\"",
            hint: "make room (rm, image prune), or move the store with XDG_DATA_HOME")
        if space.freeFiles == 0 { explained.message += ", and no more files can be made there" }
        return explained
    }
}
