/// Options of `run` and `create` about what the container sees of the file system.
extension OptionSpec {
    package static let mount = list(
        "mount", as: "mount", check: .mount, "Mount described by fields: type=bind,src=DIR,dst=DIR,…")
    package static let readOnly = bool("read-only", "Mount the root file system read-only")
    package static let shmSize = bytes("shm-size", "Size of /dev/shm")
    package static let tmpfs = list("tmpfs", "Directory in memory: DIR[:OPTIONS]")
    package static let volume = list("volume", short: "v", "Bind a directory or a named volume: [SOURCE:]DIR[:OPTIONS]")
        .completing(.directories)
    package static let volumesFrom = list("volumes-from", "Mount what another container mounts: CONTAINER[:ro|rw]")
        .completing(.containers)
    package static let volumeDriver = string("volume-driver", "Driver of the volumes that are made")
    package static let storageOpt = list("storage-opt", "Setting of the storage: KEY=VALUE")
        .notYet("limits on a container's disk space come with a later release")
    package static let device = list("device", "Device of the host: HOST[:CONTAINER[:rwm]]").completing(.files)

    static let files = [
        mount, readOnly, shmSize, tmpfs, volume, volumesFrom, volumeDriver, storageOpt, device,
    ].grouped(.files)
}
