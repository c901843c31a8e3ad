internal import LinuxSys
internal import Primitives
internal import Sandbox

/// What must be known of a container before its monitor is forked. Read from its record, or, so that the record can be
/// written meanwhile, from the request that the record is made of: both give the same.
struct LaunchTraits: Equatable {
    /// Without the user namespace, which is not the container's choice.
    var ownNamespaces: Namespaces
    /// Its own ids, `nil` for the user's default map.
    var idMap: IdMap?
    /// Where its interfaces come from, and the networks it is on.
    var network: NetworkMode
    var attachments: [NetworkAttachment]
    var tty: Bool
    var openStdin: Bool
    var stdinOnce: Bool
    var autoRemove: Bool
    var logsToFile: Bool
    /// 0: never rotated.
    var logMaxBytes: UInt64
    var logMaxFiles: UInt32

    init(_ record: ContainerRecord) throws(Failure) {
        let host = record.hostConfig
        idMap = try record.idMap
        ownNamespaces = .mount
        for (key, space) in [
            ("PidMode", Namespaces.pid), ("IpcMode", .ipc), ("UTSMode", .uts), ("CgroupnsMode", .cgroup),
        ] where host[key]?.string != "host" { ownNamespaces.insert(space) }
        (network, attachments) = (record.networkMode, record.attachments)
        if network.hasOwnNamespace { ownNamespaces.insert(.network) }
        tty = record.tty
        openStdin = record.openStdin
        stdinOnce = record.config["StdinOnce"]?.bool ?? false
        autoRemove = record.autoRemove
        logsToFile = host["LogConfig"]?["Type"]?.string ?? "json-file" == "json-file"
        logMaxBytes = UInt64(clamping: record.proa["LogMaxBytes"]?.int ?? 0)
        logMaxFiles = UInt32(clamping: record.proa["LogMaxFiles"]?.int ?? 1)
    }

    init(_ request: CreateRequest) {
        idMap = request.idMap
        ownNamespaces = .mount
        for (isHost, space) in [
            (request.pidMode == .host, Namespaces.pid), (request.ipcMode == .host, .ipc), (request.utsMode == .host, .uts),
            (request.cgroupnsMode == .host, .cgroup),
        ] where !isHost { ownNamespaces.insert(space) }
        (network, attachments) = (request.mode, request.networks)
        if network.hasOwnNamespace { ownNamespaces.insert(.network) }
        tty = request.tty
        openStdin = request.interactive
        stdinOnce = request.interactive && !request.detach
        autoRemove = request.autoRemove
        logsToFile = request.log?.driver != LogRequest.Driver.none
        logMaxBytes = UInt64(clamping: request.log?.maxSizeBytes ?? 0)
        logMaxFiles = UInt32(clamping: request.log?.maxFiles ?? 1)
    }

    func namespaces(_ idMap: IdMapPlan) -> Namespaces { idMap.needsUserNamespace ? ownNamespaces.union(.user) : ownNamespaces }
}
