import CShim
import Glibc
package import Primitives

/// The file mode creation mask, umask(2).
package enum FileModeMask {
    /// The mask this process was started with; from the first look at it on, our own is 022. What lies in a container's
    /// root must be readable inside whatever the caller keeps to himself outside.
    package static let callers: mode_t = umask(0o022)
}

/// Facts about processes, read from outside: nothing of a container is ever executed to learn them.
package enum Process {
    package static var current: Int32 { getpid() }
    package static var userID: UInt32 { getuid() }
    package static var effectiveUserID: UInt32 { geteuid() }
    package static var effectiveGroupID: UInt32 { getegid() }
    /// The effective capabilities of this process in its own user namespace, a bit each by number.
    package static var effectiveCapabilities: UInt64 {
        guard let text = HostFile.text("/proc/self/status"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") })
        else { return 0 }
        return UInt64(line.dropFirst(7).drop(while: { $0 == "\t" || $0 == " " }), radix: 16) ?? 0
    }
    package static func hasCapability(_ number: Int) -> Bool { effectiveCapabilities >> UInt64(number) & 1 == 1 }
    package static var groupID: UInt32 { getgid() }

    /// Start time of a process in clock ticks since boot (field 22 of /proc/PID/stat), `nil` when it is gone
    /// or a zombie. Together with the boot id it names a process for ever.
    package static func startTime(of pid: Int32) -> UInt64? {
        guard pid > 0, let text = HostFile.text("/proc/\(pid)/stat"), let close = text.utf8.lastIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        let fields = text.utf8[text.utf8.index(after: close)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, fields[0].first != UInt8(ascii: "Z"), fields[0].first != UInt8(ascii: "X") else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }

    /// The exit code of a process that has ended and that its parent has not reaped (field 52 of /proc/PID/stat);
    /// `nil` in every other case.
    package static func unreapedExitCode(of pid: Int32) -> Int32? {
        // Whoever may not read this link is shown 0 as the code.
        guard pid > 0, link("/proc/\(pid)/ns/user") != nil, let text = HostFile.text("/proc/\(pid)/stat"),
            let close = text.utf8.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = text[text.utf8.index(after: close)...].split { $0 == " " || $0 == "\n" }
        guard fields.count > 49, fields[0] == "Z", let status = Int32(fields[49]) else { return nil }
        return ChildProcess.exitCode(status: status)
    }

    /// The oldest living child of a process, `nil` without one.
    package static func firstChild(of pid: Int32) -> Int32? {
        HostFile.text("/proc/\(pid)/task/\(pid)/children")?.split(separator: " ").first.flatMap { Int32($0) }
    }

    /// The words this process was started with, argv[0] first.
    package static var arguments: [String] { Swift.CommandLine.arguments }

    /// The environment of this process.
    package static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The path of this binary, for stages that run it again.
    package static func executablePath() -> String { link("/proc/self/exe") ?? "/proc/self/exe" }

    /// The target of a symbolic link.
    package static func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4097)
        let count = buffer.withUnsafeMutableBytes { readlink(path, $0.baseAddress!, 4096) }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    package static func workingDirectory() throws(Failure) -> String {
        guard let path = getcwd(nil, 0) else { throw .kernel("finding the working directory", errno) }
        defer { free(path) }
        return String(cString: path)
    }

    package static func exit(_ code: Int32) -> Never { Glibc.exit(code) }
}

/// A process held by descriptor: never confused with a later process of the same number.
package struct ProcessDescriptor: ~Copyable {
    package let descriptor: Descriptor
    /// - Throws: `.system(ESRCH)` when the process is gone.
    package init(pid: Int32) throws(Failure) {
        descriptor = Descriptor(owning: try shim("opening process \(pid)") { cs_pidfd_open(pid, 0) })
    }
    /// The process that started at this time, see `Process.startTime`: whatever happens to its number, it is that one.
    /// - Throws: `.system(ESRCH)` when it is gone.
    package init(pid: Int32, startTime: UInt64) throws(Failure) {
        let opened = Descriptor(owning: try shim("opening process \(pid)") { cs_pidfd_open(pid, 0) })
        guard Process.startTime(of: pid) == startTime else { throw .kernel("opening process \(pid)", ESRCH) }
        descriptor = opened
    }
    package func send(signal: Int32) throws(Failure) {
        let raw = descriptor.raw
        try shim("sending signal \(signal)") { cs_pidfd_send_signal(raw, signal) }
    }
    /// The exit code of a process that somebody else has reaped; `nil` while it lives, or where the kernel
    /// cannot tell (before Linux 6.15).
    package func exitCode() -> Int32? {
        let status = cs_pidfd_exit_status(descriptor.raw)
        return status < 0 ? nil : ChildProcess.exitCode(status: status)
    }
    /// Waits until the process has ended. - Returns: false when `timeoutMilliseconds` passed first; -1 waits for ever.
    package func waitForEnd(timeoutMilliseconds: Int32) throws(Failure) -> Bool {
        var poll = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        return try call("waiting for a process") { Glibc.poll(&poll, 1, timeoutMilliseconds) } > 0
    }
}
