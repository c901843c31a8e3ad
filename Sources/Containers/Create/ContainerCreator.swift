internal import Images
internal import LinuxSys
internal import OCI
package import Primitives
package import Sandbox
package import Store

/// Makes a container from a request and an image of the store.
package struct ContainerCreator {
    let containers: ContainerStore
    let idMap: IdMapPlan
    /// What a person should know, one line each.
    package private(set) var warnings: [String] = []

    private let places: StorePlaces
    private let resolver: MountResolver

    package init(_ containers: ContainerStore, idMap: IdMapPlan, places: StorePlaces) {
        (self.containers, self.idMap, self.places) = (containers, idMap, places)
        resolver = MountResolver(containers, idMap: idMap, places: places)
    }

    /// Makes the record and writes it.
    /// - Parameter id: from `ContainerStore.reserve`; on a failure its directory is gone.
    package mutating func create(_ request: CreateRequest, imageID: Digest, id: String) throws(Failure) -> ContainerRecord {
        do throws(Failure) { return try fill(request, imageID: imageID, id: id) } catch {
            let cause = error
            do throws(Failure) {
                try containers.discard(id)
                try resolver.undo()
            } catch { throw cause.tidyingFailed(error) }
            throw cause
        }
    }

    private mutating func fill(_ request: CreateRequest, imageID: Digest, id: String) throws(Failure) -> ContainerRecord {
        let image = try ImageStore(containers.root).image(imageID, withNames: false)
        let name: String
        if let given = request.name { name = try ContainerName.check(given) } else { name = try freeName() }
        var request = request
        if request.hostname.isEmpty, case .container(let partner) = request.mode, let partner = try? containers.find(partner) {
            request.hostname = try containers.record(partner).config["Hostname"]?.string ?? ""
        }
        if request.hostname.isEmpty {
            request.hostname = request.network == "host" || request.utsMode == .host ? Host.hostname : String(id.prefix(12))
        }
        let security = try SecurityOptions.parse(request.securityTexts)
        for link in request.links { _ = try linked(link) }
        var files = try textFiles(request)
        if case .file(let path) = security.seccomp {
            let text = try doing("opening seccomp profile (\(path)) failed") { () throws(Failure) in try HostFile.read(path, limit: 1 << 20)
            }
            _ = try SeccompProfile.parse(text)
            files.append((ContainerFilter.fileName, String(decoding: text, as: UTF8.self)))
        }
        let mounts = try resolver.resolve(request, imageVolumes: image.config.config.volumes)
        warnings += resolver.warnings
        let builder = RecordBuilder(
            request: request, image: image, id: id, name: name, security: security, mounts: mounts,
            containerDirectory: "\(containers.root.path)/containers/\(id)", capabilities: .available(idMap),
            created: Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()).rfc3339())
        let record = try builder.record()
        try VolumeFill.run(mounts, for: record, in: containers, idMap: idMap, places: places)
        try containers.complete(record, files: files)
        try VolumeOwners.give(mounts, of: record, in: containers, idMap: idMap, places: places)
        return record
    }

    /// The container of a `--link` on the default network.
    private func linked(_ link: String) throws(Failure) -> String {
        let name = link.cut(":").head
        do throws(Failure) { return try containers.find(name) } catch {
            if error.kind == .notFound { throw error.within("could not get container for \(name)") }
            throw error
        }
    }

    private func freeName() throws(Failure) -> String {
        let random = try RandomBytes.take(7)
        let name = RandomName.make(Array(random[3...]))
        guard try containers.identifier(named: name) != nil else { return name }
        return name + "_" + hexadecimal(random[..<3])
    }

    /// hosts, hostname and resolv.conf, mounted into the container.
    private func textFiles(_ request: CreateRequest) throws(Failure) -> [(name: String, text: String)] {
        var extra: [HostEntry] = []
        for text in request.extraHosts { extra.append(try HostEntry(text)) }
        let isPrivate = request.network != "host"
        let hosts =
            isPrivate || HostFile.text("/etc/hosts") == nil
            ? try HostsFile.render(hostname: request.hostname, domainname: request.domainname, addresses: [], extra: extra)
            : (HostFile.text("/etc/hosts") ?? "") + (try HostsFile.lines(extra, hostGateway: "127.0.0.1"))
        let resolv = try ResolvConf.render(
            host: HostFile.text("/etc/resolv.conf") ?? "", dns: request.dns, search: request.dnsSearch, options: request.dnsOptions,
            privateNetwork: isPrivate)
        return [("hosts", hosts), ("hostname", request.hostname + "\n"), ("resolv.conf", resolv)]
    }
}

extension HostsFile {
    /// The lines of `--add-host` alone.
    static func lines(_ entries: [HostEntry], hostGateway: String) throws(Failure) -> String {
        entries.map { entry in
            switch entry.address {
            case .ip(let address): "\(address)\t\(entry.name)\n"
            case .hostGateway: "\(hostGateway)\t\(entry.name)\n"
            }
        }.joined()
    }
}
