internal import LinuxSys
internal import Primitives

/// Whose socket it is that stands in the way.
struct SocketHolder: Equatable {
    var processName: String?
    var process: Int32?
    var user: String

    /// `process "nginx" (pid 812) has it`; of other users' processes only root may see more than the user.
    var text: String {
        guard let processName, let process else { return "a process of user \"\(user)\" has it" }
        return "process \"\(processName)\" (pid \(process)) has it"
    }

    /// - Returns: `nil` when it is gone by now.
    static func find(_ transport: PortBinding.Transport, _ address: SocketAddress) -> SocketHolder? {
        for ipv6 in [address.isIPv6, !address.isIPv6] {
            // Without the file (no IPv6) there is nobody in it.
            guard let text = try? HostFile.read("/proc/net/\(transport.rawValue)\(ipv6 ? "6" : "")", limit: 64 << 20),
                let entry = SocketTable(text, ipv6: ipv6).holder(of: address)
            else { continue }
            let process = process(holding: entry.inode)
            return SocketHolder(
                processName: process.flatMap(name), process: process, user: UserAccount.name(of: entry.user) ?? String(entry.user))
        }
        return nil
    }

    private static func name(of process: Int32) -> String? {
        HostFile.text("/proc/\(process)/comm").map { String($0.prefix { $0 != "\n" }) }
    }

    /// The first process with a descriptor of this socket, among those whose descriptors may be read.
    private static func process(holding inode: UInt64) -> Int32? {
        let wanted = "socket:[\(inode)]"
        for process in names("/proc").compactMap({ Int32($0) }).sorted() {
            let folder = "/proc/\(process)/fd"
            if names(folder).contains(where: { Process.link("\(folder)/\($0)") == wanted }) { return process }
        }
        return nil
    }

    /// Nothing of what may not be read or is gone.
    private static func names(_ path: String) -> [String] {
        guard let directory = try? Directory.open(path), let names = try? directory.names() else { return [] }
        return names
    }
}
