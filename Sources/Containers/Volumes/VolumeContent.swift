package import Layers
package import LinuxSys
package import Primitives
package import Store

/// The files of a volume, outside of containers.
package enum VolumeContent {
    private static let staging = "import.partial"
    private static let lock = "import.lock"

    /// Where the files lie on this host.
    /// - Throws: `.unsupported` for a volume whose content is there only while a container mounts it.
    package static func directory(of volume: VolumeRecord, _ volumes: VolumeStore) throws(Failure) -> String {
        if volume.options.isEmpty { return volumes.dataPath(volume.name) }
        if case .bind(let source, _, _) = try LocalVolume(volume, volumes, idMap: .root).kind { return source }
        throw Failure(
            .unsupported, "volume \"\(volume.name)\": its files are there only while a container mounts it",
            hint: "run tar in a container that mounts it")
    }

    /// Unpacks an archive beside the content, and puts its files there when it was read to its end. To be run where the files
    /// can be given their owners.
    /// - Throws: `.conflict` while a running container uses the volume: it could change what is being written.
    package static func importArchive(
        _ input: consuming Descriptor, into name: String, _ content: String, _ containers: ContainerStore, owners: OwnerPolicy
    ) throws(Failure) {
        guard let hold = try containers.volumes.hold(name) else { throw VolumeStore.notFound(name) }
        defer { withExtendedLifetime(hold) {} }
        let directory = try containers.volumes.open(name)
        let held = try Lock.take(lock, in: directory, .exclusive)
        defer { held.hold() }
        try directory.removeTree(staging)
        try directory.createDirectory(staging)
        do throws(Failure) {
            try unpack(input, into: try directory.openDirectory(staging), owners)
            // Last, as reading may take long.
            try checkUnused(name, containers)
            let copier = try LayerCopier(into: Directory.open(content))
            try copier.add(try directory.openDirectory(staging))
            try copier.finish()
            try directory.descriptor.syncFileSystem()
        } catch {
            let cause = error
            do throws(Failure) { try directory.removeTree(staging) } catch { throw cause.tidyingFailed(error) }
            throw cause
        }
        try directory.removeTree(staging)
    }

    private static func checkUnused(_ name: String, _ containers: ContainerStore) throws(Failure) {
        for id in try containers.volumeUsers()[name] ?? [] where try containers.state(id).isRunning {
            throw Failure(.conflict, "volume is in use by the running container \(id.prefix(12))")
        }
    }

    private static func unpack(
        _ input: borrowing Descriptor, into directory: consuming Directory, _ owners: OwnerPolicy
    ) throws(Failure) {
        let pipeline = try LayerPipeline(into: directory, owners: owners, expectedDiffID: nil)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        do throws(Failure) {
            while true {
                let count = try input.read(into: buffer)
                if count == 0 { break }
                try pipeline.feed(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
            }
            _ = try pipeline.finish()
        } catch {
            pipeline.cancel()
            throw error
        }
    }
}
