internal import LinuxSys
internal import Primitives
internal import Sandbox
internal import Store

/// What a volume of docker's driver `local` is mounted as: its own directory, or what `type`, `device` and `o` say.
struct LocalVolume {
    let kind: ContainerSetup.Mount.Kind
    let flags: MountFlags
    /// The directory of the host that holds the content, where there is one.
    let hostPath: String?

    /// What docker checks when a volume is made.
    static func check(_ options: [KeyValue]) throws(Failure) {
        let given = Set(options.map(\.key))
        for option in options where !["type", "o", "device", "size"].contains(option.key) {
            throw Failure(.invalid, "invalid option: \(option.key.quoted)")
        }
        if given.contains("size") { throw Failure(.unsupported, "quota size requested but no quota support") }
        for (key, needed) in [("type", "device"), ("o", "device"), ("o", "type"), ("device", "type")]
        where given.contains(key) && !given.contains(needed) {
            throw Failure(.invalid, "missing required option: \(needed.quoted)")
        }
    }

    init(_ record: VolumeRecord, _ volumes: VolumeStore, idMap: IdMapPlan) throws(Failure) {
        let own = volumes.dataPath(record.name)
        if record.options.isEmpty {
            (kind, flags, hostPath) = (.bind(source: own, recursive: false, propagation: nil), [], own)
            return
        }
        let words = record.option("o").parts(",").filter { !$0.isEmpty }
        let device = record.option("device")
        self = try doing("volume \"\(record.name)\"") { () throws(Failure) in
            switch record.option("type") {
            case "tmpfs": try Self.memory(words)
            case "nfs", "nfs4": try Self.network(record.option("type"), device, words, idMap)
            case "", "none", "bind": try Self.directory(device, words)
            case let type:
                throw Failure(
                    .unsupported, "file systems of the type \(type.quoted) are not there yet: only tmpfs, nfs, and directories with o=bind")
            }
        }
        guard case .bind(let source, let isRecursive, _) = kind, !HostFile.exists(source) else { return }
        let bits = isRecursive ? "5000" : "1000"
        throw Failure(.invalid, "failed to mount local volume: mount \(device):\(own), flags: 0x\(bits): no such file or directory")
    }

    private init(_ kind: ContainerSetup.Mount.Kind, _ flags: MountFlags, hostPath: String? = nil) {
        (self.kind, self.flags, self.hostPath) = (kind, flags, hostPath)
    }

    /// Takes the words that every mount knows out of `words`.
    private static func flags(_ words: inout [String]) -> MountFlags {
        var flags: MountFlags = []
        words.removeAll { word in
            switch word {
            case "ro": flags.insert(.readOnly)
            case "rw": flags.remove(.readOnly)
            case "nosuid": flags.insert(.noSetuid)
            case "nodev": flags.insert(.noDevices)
            case "noexec": flags.insert(.noExec)
            case "noatime": flags.insert(.noAccessTime)
            case "suid", "dev", "exec", "relatime", "defaults": break
            default: return false
            }
            return true
        }
        return flags
    }

    private static func memory(_ words: [String]) throws(Failure) -> LocalVolume {
        var words = words
        let flags = flags(&words)
        let options = try TmpfsOptions(words.joined(separator: ","))
        return LocalVolume(.tmpfs(options: options.keyValues, copyUp: false), flags)
    }

    private static func directory(_ device: String, _ words: [String]) throws(Failure) -> LocalVolume {
        var words = words
        let flags = flags(&words)
        let isRecursive = words.contains("rbind")
        guard isRecursive || words.contains("bind") else {
            throw Failure(
                .unsupported, "a volume of the type \"none\" needs o=bind: no other file system is known by the device \(device.quoted)")
        }
        let propagation = ["private", "rprivate", "slave", "rslave", "shared", "rshared"]
        if let odd = words.first(where: { !["bind", "rbind"].contains($0) && !propagation.contains($0) }) {
            throw Failure(.invalid, "invalid option \(odd.quoted) in o=")
        }
        try VolumeRequest.checkAbsolute(device)
        let path = cleanPath(device)
        return LocalVolume(.bind(source: path, recursive: isRecursive, propagation: nil), flags, hostPath: path)
    }

    /// Options of nfs(5) that the kernel reads itself; those of the program mount.nfs alone have no meaning here.
    private static let networkKeys: Set<String> = [
        "acdirmax", "acdirmin", "acl", "acregmax", "acregmin", "actimeo", "ac", "clientaddr", "cto", "fsc", "hard", "local_lock", "lock",
        "lookupcache", "minorversion", "mountport", "mountproto", "mountvers", "namlen", "nconnect", "nfsvers", "noac", "noacl", "nocto",
        "nofsc", "nolock", "nordirplus", "noresvport", "nosharecache", "port", "proto", "rdirplus", "resvport", "retrans", "rsize", "sec",
        "sharecache", "soft", "softerr", "softreval", "tcp", "timeo", "udp", "v3", "v4", "vers", "wsize", "xprtsec",
    ]
    private static let programKeys: Set<String> = ["bg", "fg", "retry", "intr", "nointr", "_netdev", "auto", "noauto", "user", "nouser"]

    private static func network(
        _ type: String, _ device: String, _ words: [String], _ idMap: IdMapPlan
    ) throws(Failure) -> LocalVolume {
        if idMap.needsUserNamespace {
            throw Failure(
                .unsupported, "only real root mounts NFS: let root mount \(device.quoted) on this host, and bind that directory")
        }
        var words = words
        let flags = flags(&words)
        words.removeAll { programKeys.contains($0.cut("=").head) }
        var address = words.last { $0.utf8.starts(with: "addr=".utf8) }.map { String($0.dropFirst(5)) } ?? ""
        words.removeAll { $0.utf8.starts(with: "addr=".utf8) }
        if let odd = words.first(where: { !networkKeys.contains($0.cut("=").head) || $0.utf8.count > 200 }) {
            throw Failure(.invalid, "invalid option \(odd.quoted) in o=")
        }
        // `:/path` with addr=, or `server:/path`; an IPv6 address stands in brackets.
        guard let split = device.range(of: ":/"), device.utf8.count < 250 else {
            throw Failure(.invalid, "device=\(device) is no export of an NFS server: write server:/path, or :/path with addr= in o=")
        }
        let server = String(device[..<split])
        if address.isEmpty { address = server }
        if address.utf8.first == UInt8(ascii: "["), address.utf8.last == UInt8(ascii: "]") {
            address = String(address.dropFirst().dropLast())
        }
        if address.isEmpty { throw Failure(.invalid, "the NFS server has no name: add addr=SERVER to o=") }
        let path = String(device[split...].utf8.dropFirst()) ?? ""
        return LocalVolume(.fileSystem(type: type, source: "\(address)\n\(path)", options: words), flags)
    }
}

extension String {
    /// Where `text` begins first, by bytes.
    fileprivate func range(of text: String) -> String.Index? {
        let (all, wanted) = (Array(utf8), Array(text.utf8))
        guard all.count >= wanted.count else { return nil }
        for start in 0...(all.count - wanted.count) where all[start..<start + wanted.count].elementsEqual(wanted) {
            return utf8.index(utf8.startIndex, offsetBy: start)
        }
        return nil
    }
}
