import CShim
import Glibc
package import Primitives

/// What a process that outlives its command does with itself, while it has a single thread.
package enum ServiceProcess {
    /// Streams lead to nowhere, so that nobody waits for their end; the working directory is the root; the name is `title`.
    package static func detach(title: String) throws(Failure) {
        let null = try Descriptor.null()
        for stream in 0...2 as ClosedRange<Int32> { try call("changing a stream") { dup2(null.raw, stream) } }
        try call("changing to \"/\"") { chdir("/") }
        cs_set_title(title)
    }

    /// Root of the host, or of a container: with no user namespace of ours around it.
    package static var isRealRoot: Bool { geteuid() == 0 && (HostFile.text("/proc/self/uid_map") ?? "").contains("4294967295") }

    /// Enters a user namespace and is its root.
    package static func enter(userNamespace: borrowing Descriptor) throws(Failure) {
        let raw = userNamespace.raw
        try call("entering a user namespace") { setns(raw, Int32(CLONE_NEWUSER)) }
        try call("becoming root of a user namespace") { setresgid(0, 0, 0) }
        try call("becoming root of a user namespace") { setresuid(0, 0, 0) }
        cs_set_dumpable()
    }

    /// A mount namespace of its own, from which nothing reaches others, with an empty tmpfs at `path` that only its owner sees.
    package static func ownMounts(scratchAt path: String, isNew: Bool) throws(Failure) {
        if isNew { try call("making a mount namespace") { Glibc.unshare(Int32(CLONE_NEWNS)) } }
        try call("making mounts private") { mount(nil, "/", nil, UInt(MS_REC | MS_PRIVATE), nil) }
        try call("mounting a tmpfs on \"\(path)\"") {
            mount("tmpfs", path, "tmpfs", UInt(MS_NOSUID | MS_NODEV | MS_NOEXEC), "size=64k,mode=700")
        }
    }

    /// Gives a namespace held open a name in the file system, for programs that take paths only.
    package static func bind(_ namespace: Int32, at path: String) throws(Failure) {
        _ = Descriptor(owning: try call("making \"\(path)\"") { cs_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) })
        try call("binding a namespace on \"\(path)\"") { mount("/proc/self/fd/\(namespace)", path, nil, UInt(MS_BIND), nil) }
    }

    /// Starts a program that ends with the thread of the caller; its streams lead to nowhere but for standard error.
    /// - Parameter errors: takes its standard error.
    /// - Returns: its pid; the caller waits for it.
    package static func startCompanion(_ program: String, _ arguments: [String], errors: borrowing Descriptor) throws(Failure) -> Int32 {
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let number = errors.raw
        let pid = words.withUnsafeBufferPointer { cs_start_companion($0.baseAddress, number) }
        if pid < 0 { throw .kernel("starting \"\(program)\"", -pid) }
        return pid
    }
}

extension HostFile {
    /// Whether this process may open a file for reading and writing; the reason if not.
    package static func probe(_ path: String) throws(Failure) {
        _ = Descriptor(owning: try call("opening \"\(path)\"") { cs_open(path, O_RDWR | O_CLOEXEC, 0) })
    }
}

/// A process held by descriptor (pidfd_open(2)), without a look at who it is: its number was just told by somebody who knows.
extension Descriptor {
    package static func process(_ pid: Int32) throws(Failure) -> Descriptor {
        Descriptor(owning: try shim("holding process \(pid)") { cs_pidfd_open(pid, 0) })
    }

    /// The user namespace this process is in.
    package static func ownUserNamespace() throws(Failure) -> Descriptor {
        Descriptor(owning: try call("opening our user namespace") { cs_open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC, 0) })
    }

    /// Of a user namespace held open: whether this process is in it.
    package func isOwnUserNamespace() throws(Failure) -> Bool {
        let own = try Descriptor.ownUserNamespace()
        var (a, b) = (stat(), stat())
        return fstat(raw, &a) == 0 && fstat(own.raw, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }

    package func owningUserNamespace() throws(Failure) -> Descriptor {
        let number = raw
        return Descriptor(owning: try call("asking whose a namespace is") { cs_namespace_owner(number) })
    }
}
