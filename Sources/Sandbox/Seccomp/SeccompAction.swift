/// What happens to a system call (seccomp(2), "Filter return values").
package enum SeccompAction: Equatable, Sendable {
    case killThread, killProcess, trap, log, allow
    /// The call fails with this errno.
    case errno(UInt16)
    /// A tracer is asked; the value is its message.
    case trace(UInt16)

    /// EPERM: what docker answers where a profile names no errno.
    package static let errnoDefault: UInt16 = 1
    /// ENOSYS: a call that this kernel would not know.
    package static let errnoUnknownCall: UInt16 = 38
    /// The kernel's MAX_ERRNO: a larger value would be read as an address.
    package static let errnoMax: UInt16 = 4095

    /// By the name in a profile; `nil` for an unknown one and for SCMP_ACT_NOTIFY, which needs a listening agent.
    init?(name: String, errnoReturn: UInt16?) {
        switch name {
        case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD": self = .killThread
        case "SCMP_ACT_KILL_PROCESS": self = .killProcess
        case "SCMP_ACT_TRAP": self = .trap
        case "SCMP_ACT_ERRNO": self = .errno(errnoReturn ?? Self.errnoDefault)
        case "SCMP_ACT_TRACE": self = .trace(errnoReturn ?? Self.errnoDefault)
        case "SCMP_ACT_LOG": self = .log
        case "SCMP_ACT_ALLOW": self = .allow
        default: return nil
        }
    }

    /// SECCOMP_RET_* with its data.
    package var word: UInt32 {
        switch self {
        case .killThread: 0x0000_0000
        case .killProcess: 0x8000_0000
        case .trap: 0x0003_0000
        case .errno(let code): 0x0005_0000 | UInt32(code)
        case .trace(let message): 0x7ff0_0000 | UInt32(message)
        case .log: 0x7ffc_0000
        case .allow: 0x7fff_0000
        }
    }

    /// The call goes on, perhaps after somebody was told.
    var isPermissive: Bool {
        switch self {
        case .allow, .log, .trace: true
        case .errno, .killThread, .killProcess, .trap: false
        }
    }
}
