internal import LinuxSys
internal import Networks
internal import Primitives

/// /etc/hosts and /etc/resolv.conf of a container with interfaces: its addresses are known when it starts.
struct NetworkFiles {
    let record: ContainerRecord
    let endpoints: [NetworkState.Endpoint]

    /// Of every container's own name server, as docker has it.
    static let nameServer = "127.0.0.11"

    func write(_ directory: borrowing Directory) throws(Failure) {
        try directory.writeFile("hosts", Array(try hosts().utf8), mode: 0o644, durable: false)
        try directory.writeFile("resolv.conf", Array(try resolver().utf8), mode: 0o644, durable: false)
    }

    /// In place: the file is mounted into the running container.
    func rewriteHosts(_ directory: borrowing Directory) throws(Failure) {
        try directory.overwriteFile("hosts", Array(try hosts().utf8))
    }

    private func hosts() throws(Failure) -> String {
        var extra: [HostEntry] = []
        for text in record.hostConfig["ExtraHosts"]?.strings ?? [] { extra.append(try HostEntry(text)) }
        return try HostsFile.render(
            hostname: record.config["Hostname"]?.string ?? "", domainname: record.config["Domainname"]?.string ?? "",
            addresses: endpoints.flatMap { [$0.ip, $0.ip6].compactMap { $0?.description } }, extra: extra,
            hostGateway: HostGateway.address?.description ?? endpoints.first?.gateway?.description)
    }

    private func resolver() throws(Failure) -> String {
        let text = try ResolvConf.render(
            host: HostFile.text("/etc/resolv.conf") ?? "", dns: [Self.nameServer], search: record.hostConfig["DnsSearch"]?.strings ?? [],
            options: record.hostConfig["DnsOptions"]?.strings ?? [], privateNetwork: true)
        // As docker has it: a name without a dot is a container's before it is one of the search domains.
        return text.contains("ndots:") ? text : text + "options ndots:0\n"
    }
}
