import CShim
import Glibc

/// Facts about this machine.
package enum Host {
    private static func name(_ read: (utsname) -> String) -> String {
        var names = utsname()
        uname(&names)
        return read(names)
    }
    private static func text<T>(_ tuple: T) -> String {
        withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    /// `6.1.0-18-amd64`
    package static var kernelRelease: String { name { text($0.release) } }
    /// `x86_64`
    package static var machine: String { name { text($0.machine) } }
    package static var hostname: String { name { text($0.nodename) } }
    package static var kernelVersion: String { name { text($0.version) } }

    package static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
    package static var memoryBytes: Int64 { Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE))) }
    /// The highest capability this kernel knows.
    package static var lastCapability: Int { HostFile.text("/proc/sys/kernel/cap_last_cap").flatMap { Int($0.filter(\.isNumber)) } ?? 40 }
}
