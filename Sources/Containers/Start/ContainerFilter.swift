internal import LinuxSys
internal import Primitives
internal import Sandbox
internal import Store

/// The compiled seccomp filter of a container; `nil` for none.
enum ContainerFilter {
    /// The profile a user named, copied at creation: later changes of the file do not reach the container.
    static let fileName = "seccomp.json"

    static func program(_ record: ContainerRecord, containers: ContainerStore, directory: String) throws(Failure) -> [UInt8]? {
        let profile: SeccompSource
        switch record.proa["Seccomp"]?.string {
        case "unconfined": return nil
        case "file": profile = .text(try HostFile.read("\(directory)/\(fileName)"))
        default: profile = .dockerDefault
        }
        let capabilities = CapabilitySet(rawValue: UInt64(bitPattern: record.proa["Capabilities"]?.int ?? 0))
        return try SeccompFilterCache.program(
            profile, capabilities: capabilities, kernelRelease: Host.kernelRelease, in: try containers.root.area(.seccompFilters))
    }
}
