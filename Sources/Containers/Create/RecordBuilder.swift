internal import Images
internal import LinuxSys
internal import OCI
internal import Primitives
internal import Sandbox

/// Builds a container's document in docker's words and types.
struct RecordBuilder {
    let request: CreateRequest
    let image: StoredImage
    let id: String
    let name: String
    let security: SecurityOptions
    let mounts: [ResolvedMount]
    let containerDirectory: String
    /// What the container can be given at most.
    let capabilities: CapabilitySet
    let created: String

    private var defaults: ContainerDefaults { image.config.config }

    func record() throws(Failure) -> ContainerRecord {
        let (entrypoint, command) = program
        let arguments = (entrypoint ?? []) + command
        guard let path = arguments.first, !path.isEmpty || arguments.count > 0 else { throw Failure(.invalid, "no command specified") }
        var document = JSONObject()
        document["Id"] = .string(id)
        document["Created"] = .string(created)
        document["Path"] = .string(path)
        document["Args"] = .strings(arguments.dropFirst())
        document["Image"] = .string(image.id.description)
        for (key, file) in [("ResolvConfPath", "resolv.conf"), ("HostnamePath", "hostname"), ("HostsPath", "hosts")] {
            document[key] = .string("\(containerDirectory)/\(file)")
        }
        document["LogPath"] = .string(
            request.log?.driver == LogRequest.Driver.none ? "" : "\(containerDirectory)/\(ContainerStarter.logName(id))")
        document["Name"] = .string("/" + name)
        document["Driver"] = "overlay2"
        document["Platform"] = "linux"
        document["MountLabel"] = ""
        document["ProcessLabel"] = ""
        document["AppArmorProfile"] = ""
        document["HostConfig"] = .object(hostConfig)
        // docker tells of --tmpfs in HostConfig alone.
        document["Mounts"] = .array(mounts.compactMap(\.document))
        document["Config"] = .object(config(entrypoint, command))
        document["Proa"] = .object(try own())
        return ContainerRecord(json: document)
    }

    /// docker's rule: a new entrypoint drops the image's command.
    private var program: (entrypoint: [String]?, command: [String]) {
        if let given = request.entrypoint { return (given.isEmpty ? nil : given, request.command) }
        return (defaults.entrypoint, request.command.isEmpty ? defaults.command ?? [] : request.command)
    }

    private func config(_ entrypoint: [String]?, _ command: [String]) -> JSONObject {
        let attached = request.attach ?? (request.detach ? [] : ["stdout", "stderr"] + (request.interactive ? ["stdin"] : []))
        var labels = JSONObject()
        for label in LabelRequest.merged(image: defaults.labels.map { KeyValue($0.key, $0.value) }, with: request.labels).sorted(by: {
            $0.key < $1.key
        }) {
            labels[label.key] = .string(label.value)
        }
        var config = JSONObject()
        config["Hostname"] = .string(request.hostname)
        config["Domainname"] = .string(request.domainname)
        config["User"] = .string(request.user.isEmpty ? defaults.user : request.user)
        config["AttachStdin"] = .bool(attached.contains("stdin"))
        config["AttachStdout"] = .bool(attached.contains("stdout"))
        config["AttachStderr"] = .bool(attached.contains("stderr"))
        let ports = Set(defaults.exposedPorts + request.exposed + request.ports.map(\.portName)).sorted()
        if !ports.isEmpty { config["ExposedPorts"] = .object(JSONObject(setOf: ports)) }
        config["Tty"] = .bool(request.tty)
        config["OpenStdin"] = .bool(request.interactive)
        config["StdinOnce"] = .bool(request.interactive && !request.detach)
        config["Env"] = .strings(request.environment.merged(image: withPath(defaults.environment)))
        config["Cmd"] = command.isEmpty ? .null : .strings(command)
        if !request.selection.mac.isEmpty { config["MacAddress"] = .string(request.selection.mac) }
        if request.noHealthcheck { config["Healthcheck"] = ["Test": ["NONE"]] }
        config["Image"] = .string(request.imageName)
        let unnamed = mounts.filter { $0.request.kind == .anonymous && $0.request.flag == .volume }.map(\.request.target)
        let volumes = Set(defaults.volumes + unnamed).sorted()
        config["Volumes"] = volumes.isEmpty ? .null : .object(JSONObject(setOf: volumes))
        config["WorkingDir"] = .string(request.workingDirectory.isEmpty ? defaults.workingDirectory : request.workingDirectory)
        config["Entrypoint"] = entrypoint.map { .strings($0) } ?? .null
        config["OnBuild"] = defaults.onBuild.isEmpty ? .null : .strings(defaults.onBuild)
        config["Labels"] = .object(labels)
        if let signal = request.stopSignal ?? defaults.stopSignal { config["StopSignal"] = .string(signal) }
        if let seconds = request.stopTimeoutSeconds ?? defaults.stopTimeoutSeconds { config["StopTimeout"] = .int(seconds) }
        return config
    }

    private func withPath(_ environment: [String]) -> [String] {
        environment.contains { $0.hasPrefix("PATH=") } ? environment : environment + ["PATH=\(ProgramSearch.defaultPath)"]
    }

    private var hostConfig: JSONObject {
        func texts(_ values: [String]) -> JSON { values.isEmpty ? .null : .strings(values) }
        var host = JSONObject()
        host["Binds"] = texts(zip(request.volumeTexts, request.volumes).filter { $0.1.kind != .anonymous }.map(\.0))
        host["ContainerIDFile"] = ""
        host["LogConfig"] = [
            "Type": .string(request.log?.driver.rawValue ?? "json-file"),
            "Config": .object(JSONObject((request.log?.options ?? []).map { (key: $0.key, value: $0.value) })),
        ]
        host["NetworkMode"] = .string(request.network)
        host["PortBindings"] = PortRequest.document(request.ports)
        host["RestartPolicy"] = ["Name": "no", "MaximumRetryCount": 0]
        host["AutoRemove"] = .bool(request.autoRemove)
        host["VolumeDriver"] = .string(request.volumeDriver)
        host["VolumesFrom"] = texts(request.volumesFrom)
        host["ConsoleSize"] = [0, 0]
        if !request.annotations.isEmpty {
            host["Annotations"] = .object(JSONObject(request.annotations.map { (key: $0.key, value: $0.value) }))
        }
        let added = CapabilitySet.documentNames(request.capAdd)
        host["CapAdd"] = texts(added)
        host["CapDrop"] = texts(CapabilitySet.documentNames(request.capDrop).filter { $0 == "ALL" || !added.contains($0) })
        host["CgroupnsMode"] = .string((request.cgroupnsMode ?? .private).rawValue)
        host["Dns"] = .strings(request.dns)
        host["DnsOptions"] = .strings(request.dnsOptions)
        host["DnsSearch"] = .strings(request.dnsSearch)
        host["ExtraHosts"] = texts(request.extraHosts)
        host["GroupAdd"] = texts(request.groupAdd)
        host["IpcMode"] = .string((request.ipcMode ?? .private).rawValue)
        host["Cgroup"] = ""
        // docker tells both ends of a link: the other container's name, and what that is called here.
        host["Links"] = texts(request.links.map { "/\($0.cut(":").head):/\(name)/\($0.cut(":").tail ?? "")" })
        host["OomScoreAdj"] = .int(request.oomScoreAdjustment)
        host["PidMode"] = .string(request.pidMode == .host ? "host" : "")
        host["Privileged"] = .bool(request.privileged)
        host["PublishAllPorts"] = .bool(request.publishAll)
        host["ReadonlyRootfs"] = .bool(request.readOnlyRoot)
        host["SecurityOpt"] = texts(request.securityTexts)
        if !request.tmpfsTexts.isEmpty { host["Tmpfs"] = .object(JSONObject(request.tmpfsTexts.map { (key: $0.key, value: $0.value) })) }
        host["UTSMode"] = .string(request.utsMode == .host ? "host" : "")
        host["UsernsMode"] = .string(request.userNamespace.text)
        if let map = request.idMap { host["IDMappings"] = map.shown }
        host["ShmSize"] = .int(request.sharedMemoryBytes > 0 ? request.sharedMemoryBytes : 64 << 20)
        if !request.sysctlTexts.isEmpty {
            var sysctls = JSONObject()
            for text in request.sysctlTexts {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                sysctls[String(parts[0])] = .string(parts.count > 1 ? String(parts[1]) : "")
            }
            host["Sysctls"] = .object(sysctls)
        }
        host["Runtime"] = "proa"
        host["Isolation"] = ""
        for key in ["CpuShares", "Memory", "NanoCpus"] { host[key] = 0 }
        host["CgroupParent"] = ""
        host["BlkioWeight"] = 0
        host["BlkioWeightDevice"] = []
        for key in ["BlkioDeviceReadBps", "BlkioDeviceWriteBps", "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps"] { host[key] = [] }
        for key in ["CpuPeriod", "CpuQuota", "CpuRealtimePeriod", "CpuRealtimeRuntime"] { host[key] = 0 }
        host["CpusetCpus"] = ""
        host["CpusetMems"] = ""
        host["Devices"] = .array(
            request.devices.map {
                ["PathOnHost": .string($0.source), "PathInContainer": .string($0.target), "CgroupPermissions": .string($0.permissions)]
            })
        host["DeviceCgroupRules"] = .null
        host["DeviceRequests"] = .null
        for key in ["MemoryReservation", "MemorySwap"] { host[key] = 0 }
        for key in ["MemorySwappiness", "OomKillDisable", "PidsLimit"] { host[key] = .null }
        host["Ulimits"] = .array(request.limits.map { ["Name": .string($0.name), "Hard": .int($0.hard), "Soft": .int($0.soft)] })
        for key in ["CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth"] { host[key] = 0 }
        let mounts = mounts.filter { $0.request.flag == .mount }.map { $0.request.hostConfig }
        if !mounts.isEmpty { host["Mounts"] = .array(mounts) }
        if request.privileged || security.systemPathsUnconfined {
            host["MaskedPaths"] = .null
            host["ReadonlyPaths"] = .null
        } else {
            host["MaskedPaths"] = .strings(ProtectedPaths.masked)
            host["ReadonlyPaths"] = .strings(ProtectedPaths.readOnly)
        }
        if request.initProcess { host["Init"] = true }
        return host
    }

    /// What only we need.
    private func own() throws(Failure) -> JSONObject {
        let set = try CapabilitySet.resolve(
            privileged: request.privileged, add: request.capAdd, drop: request.capDrop, last: Host.lastCapability,
            available: capabilities)
        var own = JSONObject()
        if let map = request.idMap { own["IdMap"] = map.record }
        if let entry = request.passwdEntry { own[UserEntry.key] = .string(entry) }
        own["Layers"] = .strings(image.record.diffIDs.map(\.description))
        own["Capabilities"] = .int(Int64(bitPattern: set.rawValue))
        own["NoNewPrivileges"] = .bool(security.noNewPrivileges)
        switch security.seccomp {
        case .file: own["Seccomp"] = "file"
        case .unconfined: own["Seccomp"] = "unconfined"
        default: own["Seccomp"] = request.privileged ? "unconfined" : "default"
        }
        own["SystemPathsUnconfined"] = .bool(security.systemPathsUnconfined)
        if !security.maskedPaths.isEmpty { own["Mask"] = .strings(security.maskedPaths) }
        if !security.unmaskedPaths.isEmpty { own["Unmask"] = .strings(security.unmaskedPaths) }
        own["Mounts"] = .array(mounts.map { MountRecord($0.mount, volume: $0.volume?.name, overlay: $0.request.overlay).json })
        let unnamed = mounts.filter(\.isUnnamed).compactMap(\.volume?.name)
        if !unnamed.isEmpty { own["UnnamedVolumes"] = .strings(unnamed) }
        own["Devices"] = .array(request.devices.map { ["Source": .string($0.source), "Target": .string($0.target)] })
        var namespaces: Sysctl.Namespaces = []
        if request.mode.hasOwnNamespace { namespaces.insert(.network) }
        if request.ipcMode != .host { namespaces.insert(.ipc) }
        if request.utsMode != .host { namespaces.insert(.uts) }
        if !request.networks.isEmpty { own["Networks"] = .array(request.networks.map(\.json)) }
        if !request.links.isEmpty { own["Links"] = .strings(request.links) }
        own["Sysctls"] = .array(
            try Sysctl.all(request.sysctlTexts, own: namespaces).map { ["Path": .string($0.path), "Value": .string($0.value)] })
        var limits: [JSON] = []
        for limit in request.limits {
            guard let resource = ResourceLimit(name: limit.name)?.rawValue else {
                throw Failure(.invalid, "invalid ulimit type: \(limit.name)")
            }
            limits.append(["Resource": .int(Int64(resource)), "Soft": .int(limit.soft), "Hard": .int(limit.hard)])
        }
        own["Limits"] = .array(limits)
        if let log = request.log {
            own["LogMaxBytes"] = .int(log.maxSizeBytes ?? 0)
            own["LogMaxFiles"] = .int(Int64(log.maxFiles))
        }
        let signal = request.stopSignal ?? defaults.stopSignal
        // An image's own nonsense must not keep it from running; a user's must be told.
        if let text = request.stopSignal {
            own["StopSignal"] = .int(Int64(try SignalName.parse(text)))
        } else if let signal, let number = try? SignalName.parse(signal) {
            own["StopSignal"] = .int(Int64(number))
        }
        return own
    }
}

extension JSONObject {
    /// docker's sets: `{"80/tcp": {}}`.
    init(setOf keys: [String]) {
        self.init()
        for key in keys { self[key] = [:] }
    }
}

extension Propagation {
    func dockerName(recursive: Bool) -> String {
        let word =
            switch self {
            case .private: "private"
            case .slave: "slave"
            case .shared: "shared"
            }
        return recursive ? "r" + word : word
    }
}
