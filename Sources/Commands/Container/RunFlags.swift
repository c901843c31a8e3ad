import CommandLine
import Containers
import LinuxSys
import Primitives

/// The flags of `run` and `create` as one request.
enum RunFlags {
    /// - Parameter client: what docker's client would check itself goes through it.
    static func request(
        _ options: ParsedOptions, image: String, command: [String], client: FlagCheck
    ) throws(Failure) -> CreateRequest {
        var request = CreateRequest()
        request.imageName = image
        request.command = command
        request.name = options.stringIfSet(.name).flatMap { $0.isEmpty ? nil : $0 }
        request.hostname = options.string(.hostname)
        if !request.hostname.isEmpty { try Hostname.check(request.hostname) }
        request.domainname = options.string(.domainname)
        if !request.domainname.isEmpty { try Hostname.checkDomain(request.domainname) }
        request.user = options.string(.user)
        request.workingDirectory = options.string(.workdir)
        if !request.workingDirectory.isEmpty, request.workingDirectory.utf8.first != UInt8(ascii: "/") {
            throw Failure(.invalid, "the working directory '\(request.workingDirectory)' is invalid, it needs to be an absolute path")
        }
        request.entrypoint = options.stringIfSet(.entrypoint).map { $0.isEmpty ? [] : [$0] }
        request.environment = try client { () throws(Failure) in try EnvironmentFlags.request(options) }
        request.labels = try client { () throws(Failure) in try EnvironmentFlags.labels(options) }
        request.annotations = options.pairs(.annotation).map { KeyValue($0.key, $0.value) }
        request.tty = options.bool(.tty)
        request.interactive = options.bool(.interactive)
        request.autoRemove = options.bool(.rm)
        request.attach = options.isSet(.attach) ? options.strings(.attach) : nil
        request.stopSignal = options.stringIfSet(.stopSignal)
        request.stopTimeoutSeconds = options.intIfSet(.stopTimeout)
        request.initProcess = options.bool(.runInit)
        try security(options, &request, client)
        try files(options, &request, client)
        try namespaces(options, &request, client)
        request.log = try LogRequest(driver: options.string(.logDriver), options: options.strings(.logOpt))
        request.noHealthcheck = options.bool(.noHealthcheck)
        request.platform = options.string(.platform)
        return request
    }

    private static func security(_ options: ParsedOptions, _ request: inout CreateRequest, _ client: FlagCheck) throws(Failure) {
        request.privileged = options.bool(.privileged)
        request.capAdd = options.strings(.capAdd)
        request.capDrop = options.strings(.capDrop)
        request.securityTexts = options.strings(.securityOpt)
        for text in request.securityTexts where text != "no-new-privileges" && !text.contains("=") && !text.contains(":") {
            try client { () throws(Failure) in throw Failure(.invalid, "Invalid --security-opt: \(JSON.string(text).compact())") }
        }
        request.groupAdd = options.strings(.groupAdd)
        if request.groupAdd.contains("keep-groups"), request.groupAdd.count > 1 {
            throw Failure(.invalid, "the '--group-add keep-groups' option is not allowed with any other --group-add options")
        }
        request.sysctlTexts = options.strings(.sysctl)
        request.oomScoreAdjustment = options.int(.oomScoreAdj)
        if !(-1000...1000).contains(request.oomScoreAdjustment) {
            throw Failure(.invalid, "Invalid value \(request.oomScoreAdjustment), range for oom score adj is [-1000, 1000]")
        }
        for text in options.strings(.ulimit) {
            let limit = try Ulimit(text)
            request.limits.removeAll { $0.name == limit.name }
            request.limits.append((limit.name, limit.soft, limit.hard))
        }
    }

    private static func files(_ options: ParsedOptions, _ request: inout CreateRequest, _ client: FlagCheck) throws(Failure) {
        let here = try Process.workingDirectory()
        request.readOnlyRoot = options.bool(.readOnly)
        request.volumeTexts = options.strings(.volume)
        for text in request.volumeTexts {
            try client { () throws(Failure) in
                if text.isEmpty { throw Failure(.invalid, "invalid empty volume spec") }
                if text.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 2 {
                    throw Failure(.invalid, "invalid spec: \(text): too many colons")
                }
            }
            request.volumes.append(try VolumeRequest(short: text, workingDirectory: here))
        }
        request.volumesFrom = options.strings(.volumesFrom)
        request.volumeDriver = options.string(.volumeDriver)
        for text in options.strings(.mount) {
            var volume = try VolumeRequest(mount: text, workingDirectory: here)
            volume.flag = .mount
            request.volumes.append(volume)
        }
        for text in options.strings(.tmpfs) {
            var volume = try VolumeRequest(tmpfs: text)
            volume.flag = .tmpfs
            request.volumes.append(volume)
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            request.tmpfsTexts.append(KeyValue(parts[0], parts.count > 1 ? parts[1] : ""))
        }
        for text in options.strings(.device) { request.devices.append(try client { () throws(Failure) in try DeviceRequest(text) }) }
        request.sharedMemoryBytes = options.int(.shmSize)
    }

    private static func namespaces(_ options: ParsedOptions, _ request: inout CreateRequest, _ client: FlagCheck) throws(Failure) {
        try networking(options, &request, client)
        request.pidMode = try NamespaceMode.parse(options.string(.pid), of: .pid)
        request.ipcMode = try NamespaceMode.parse(options.string(.ipc), of: .ipc)
        request.utsMode = try NamespaceMode.parse(options.string(.uts), of: .uts)
        request.userNamespace = try UserNamespaceRequest(
            userns: options.string(.userns), uidmap: options.strings(.uidmap), gidmap: options.strings(.gidmap),
            subuidname: options.string(.subuidname), subgidname: options.string(.subgidname))
        request.cgroupnsMode = try NamespaceMode.parse(options.string(.cgroupns), of: .cgroupns)
    }

    private static func networking(_ options: ParsedOptions, _ request: inout CreateRequest, _ client: FlagCheck) throws(Failure) {
        for text in options.strings(.publish) { request.ports += try client { () throws(Failure) in try PortRequest.parse(text) } }
        for text in options.strings(.expose) { request.exposed += try client { () throws(Failure) in try PortRange.exposed(text) } }
        request.publishAll = options.bool(.publishAll)
        var flags = NetworkSelection.Flags()
        flags.aliases = options.strings(.networkAlias)
        (flags.ip, flags.ip6, flags.mac) = (options.string(.ipv4), options.string(.ipv6), options.string(.macAddress))
        (flags.links, flags.linkLocalIPs) = (options.strings(.link), options.strings(.linkLocalIP))
        request.selection = try client { () throws(Failure) in try NetworkSelection(networks: options.strings(.network), flags) }
        request.extraHosts = options.strings(.addHost)
        request.dns = options.strings(.dns)
        request.dnsSearch = options.strings(.dnsSearch)
        request.dnsOptions = options.strings(.dnsOption)
    }
}
