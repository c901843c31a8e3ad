import CShim
import Glibc
internal import Primitives

/// The calling user, as the host knows it.
package enum UserAccount {
    /// Login name of a uid, through the name service (files, LDAP, …); `nil` when it has none.
    package static func name(of uid: UInt32) -> String? {
        // /etc/passwd first: the name service costs loading its modules.
        if let text = HostFile.text("/etc/passwd") {
            for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
                let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
                if fields.count > 2, String(decoding: fields[2], as: UTF8.self) == String(uid) {
                    return String(decoding: fields[0], as: UTF8.self)
                }
            }
        }
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 65536)
        guard getpwuid_r(uid, &entry, &buffer, buffer.count, &result) == 0, result != nil, let name = entry.pw_name else { return nil }
        return String(cString: name)
    }

    /// Ranges of subordinate ids of a user in the text of /etc/subuid or /etc/subgid: `NAME-or-UID:START:COUNT`.
    package static func subordinateRanges(_ text: String, name: String?, uid: UInt32) -> [(start: UInt32, count: UInt32)] {
        var ranges: [(start: UInt32, count: UInt32)] = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard fields.count == 3, fields[0] == name || fields[0] == String(uid), let start = UInt32(fields[1]),
                let count = UInt32(fields[2]),
                count > 0, start <= UInt32.max - count
            else { continue }
            ranges.append((start, count))
        }
        return ranges
    }

    /// Every variable of the environment, `NAME=value`.
    package static func environment() -> [String] {
        var out: [String] = []
        var at = cs_environment()
        while let entry = at?.pointee {
            out.append(String(cString: entry))
            at = at?.successor()
        }
        return out
    }
}

extension UserAccount {
    /// Home directory of a uid from /etc/passwd, for when HOME is not set.
    package static func home(of uid: UInt32) -> String? {
        guard let text = HostFile.text("/etc/passwd") else { return nil }
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 5, fields[2] == String(uid) { return String(fields[5]) }
        }
        return nil
    }
}
