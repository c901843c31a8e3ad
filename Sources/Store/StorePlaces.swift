package import LinuxSys
package import Primitives

/// Where this user's store and runtime files lie.
package struct StorePlaces: Equatable, Sendable {
    /// Survives a reboot.
    package var data: String
    /// Sockets; may vanish at any time.
    package var runtime: String

    package init(data: String, runtime: String) { (self.data, self.runtime) = (data, runtime) }

    /// From the environment. `PROA_DATA` and `PROA_RUNTIME` come first (stages inherit them), then the XDG
    /// variables, then the defaults.
    package static func standard(_ variable: (String) -> String?, uid: UInt32, home: () -> String?) throws(Failure) -> StorePlaces {
        func absolute(_ name: String) -> String? { variable(name).flatMap { $0.hasPrefix("/") ? $0 : nil } }
        let data: String
        if let given = absolute("PROA_DATA") {
            data = given
        } else if let given = absolute("XDG_DATA_HOME") {
            data = given + "/proa"
        } else if uid == 0 {
            data = "/var/lib/proa"
        } else if let home = absolute("HOME") ?? home() {
            data = home + "/.local/share/proa"
        } else {
            throw Failure(.invalid, "no home directory for user \(uid)", hint: "set HOME or XDG_DATA_HOME")
        }
        let runtime =
            absolute("PROA_RUNTIME") ?? absolute("XDG_RUNTIME_DIR").map { $0 + "/proa" } ?? (uid == 0 ? "/run/proa" : "/tmp/proa-\(uid)")
        return StorePlaces(data: data, runtime: runtime)
    }

    /// Opens the runtime directory, made with mode 0700. In a shared place such as /tmp one that belongs to
    /// somebody else is refused.
    package func openRuntime() throws(Failure) -> Directory {
        let user = Process.effectiveUserID
        let directory: Directory
        do throws(Failure) {
            try HostFile.makeDirectories(runtime)
            // Somebody else's link would lead to a directory of ours that others may write to.
            if let owner = HostFile.linkOwner(runtime), owner != user {
                throw Failure(.denied, "the runtime directory \"\(runtime)\" is a link of user \(owner)")
            }
            directory = try Directory.open(runtime)
        } catch {
            throw error.within("opening the runtime directory").hinting("set XDG_RUNTIME_DIR to a directory of your own, or unset it")
        }
        let owner = try directory.owner()
        guard owner == user else {
            throw Failure(.denied, "the runtime directory \"\(runtime)\" belongs to user \(owner)", hint: "set XDG_RUNTIME_DIR")
        }
        try directory.close(toOthers: user)
        return directory
    }
}
