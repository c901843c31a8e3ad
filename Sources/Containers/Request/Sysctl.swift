package import Primitives

/// A kernel setting that belongs to one of the container's own namespaces.
package struct Sysctl: Equatable, Sendable {
    /// Below /proc/sys, parts between slashes: `net/ipv4/ip_forward`.
    package let path: String
    package let value: String

    /// The namespaces that are the container's own.
    package struct Namespaces: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }
        package static let network = Namespaces(rawValue: 1)
        package static let ipc = Namespaces(rawValue: 2)
        package static let uts = Namespaces(rawValue: 4)
    }

    private static let ofIPC: Set<String> = [
        "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax", "kernel/shmmni",
        "kernel/shm_rmid_forced",
    ]
    private static let valueBytesMax = 4096

    /// `KEY=VALUE`; the first `.` or `/` in the key tells which of the two separates its parts, the other one then
    /// belongs to a name (sysctl.d(5)): `net.ipv4.conf.eth0/7.rp_filter` is `net/ipv4/conf/eth0.7/rp_filter`.
    /// - Throws: `.invalid` with the texts of docker and runc.
    package init(_ text: String, own: Namespaces) throws(Failure) {
        let (key, value) = text.cut("=")
        guard let value, let path = Self.path(key) else { throw Failure(.invalid, "sysctl '\(text)' is not allowed") }
        guard value.utf8.count <= Self.valueBytesMax, value.utf8.allSatisfy({ $0 >= 0x20 || $0 == UInt8(ascii: "\t") }) else {
            throw Failure(.invalid, "the value of sysctl \(key.quoted) is not one line of text")
        }
        try Self.allow(path, key, own)
        self.path = path
        self.value = value
    }

    /// All of them; of one key the last counts, as in docker.
    package static func all(_ texts: [String], own: Namespaces) throws(Failure) -> [Sysctl] {
        var result: [Sysctl] = []
        for text in texts {
            let sysctl = try Sysctl(text, own: own)
            if let index = result.firstIndex(where: { $0.path == sysctl.path }) {
                result[index] = sysctl
            } else {
                result.append(sysctl)
            }
        }
        return result
    }

    private static func allow(_ path: String, _ key: String, _ own: Namespaces) throws(Failure) {
        if ofIPC.contains(path) || path.hasPrefix("fs/mqueue/") {
            if own.contains(.ipc) { return }
            throw Failure(.invalid, "sysctl \(key.quoted) is not allowed in the hosts ipc namespace")
        }
        if path.hasPrefix("net/") {
            if own.contains(.network) { return }
            throw Failure(.invalid, "sysctl \(key.quoted) not allowed in host network namespace")
        }
        if path == "kernel/domainname", own.contains(.uts) { return }
        if path == "kernel/hostname", own.contains(.uts) {
            throw Failure(.invalid, "sysctl \(key.quoted) is not allowed as it conflicts with the host name of the container")
        }
        throw Failure(.invalid, "sysctl \(key.quoted) is not in a separate kernel namespace")
    }

    /// nil for a key whose parts are not plain names, or that could leave /proc/sys.
    private static func path(_ key: String) -> String? {
        let dot = UInt8(ascii: ".")
        let slash = UInt8(ascii: "/")
        guard let first = key.utf8.first(where: { $0 == dot || $0 == slash }), key.utf8.count <= 255 else { return nil }
        let bytes = first == slash ? Array(key.utf8) : key.utf8.map { $0 == dot ? slash : $0 == slash ? dot : $0 }
        let path = String(decoding: bytes, as: UTF8.self)
        let isPlain = path.parts("/").allSatisfy { part in
            part != "." && part != ".." && part.isOneWord && part.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\\") }
        }
        return isPlain ? path : nil
    }
}
