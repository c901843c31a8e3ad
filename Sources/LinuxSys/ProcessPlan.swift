import CShim
package import Primitives

/// A set-up step as the C side takes it. What each operation reads of it is said in `plan.h`; Sandbox's
/// `SetupStep` is the typed form that people build and test.
package struct RawStep: Equatable, Sendable {
    package enum Operation: UInt32, Sendable {
        case propagation = 1
        case overlay, rootBind, fileSystem, bind, device, symlink, directory, mask, readOnly, sysctl,
            hostname, domainname, loopback, rlimit, oomScore, console, rootReadOnly, pivot, workdir, bounding, identity,
            capabilities, noNewPrivileges, seccomp, keyring, reaper, sleepForever
    }
    package var operation: Operation
    package var flags: UInt32 = 0
    package var number: UInt64 = 0
    package var number2: UInt64 = 0
    package var source: String?
    package var target: String?
    package var extra: String?
    package var list: [String]?
    package var data: [UInt8] = []

    package init(
        _ operation: Operation, flags: UInt32 = 0, number: UInt64 = 0, number2: UInt64 = 0, source: String? = nil,
        target: String? = nil, extra: String? = nil, list: [String]? = nil, data: [UInt8] = []
    ) {
        (self.operation, self.flags, self.number, self.number2) = (operation, flags, number, number2)
        (self.source, self.target, self.extra, self.list, self.data) = (source, target, extra, list, data)
    }
}

/// What a new process does before it becomes its program, and the program.
package struct ProcessPlan: Equatable, Sendable {
    package var steps: [RawStep]
    /// Full paths to try in order, for a program named without a slash.
    package var candidates: [String]
    package var arguments: [String]
    /// `NAME=value` each.
    package var environment: [String]
    /// Mounts come before this process becomes root of the new user namespace, who may not reach what the caller may.
    package var opensSourcesFirst = false
    /// The caller's groups stay.
    package var keepsGroups = false

    package init(steps: [RawStep], candidates: [String], arguments: [String], environment: [String]) {
        (self.steps, self.candidates, self.arguments, self.environment) = (steps, candidates, arguments, environment)
    }

    /// - Parameter tellsRefusals: room is made for what the kernel refuses without harm; see `StartedMonitor.refusals`.
    func encode(into plan: inout cs_plan, storeDescriptor: Int32, _ arena: Arena, tellsRefusals: Bool = false) throws(Failure) {
        if tellsRefusals { plan.refused = try arena.allocate(Int32.self, count: max(steps.count, 1)) }
        if opensSourcesFirst { plan.sources = try arena.allocate(Int32.self, count: max(steps.count, 1)) }
        plan.keep_groups = keepsGroups ? 1 : 0
        let records = try arena.allocate(cs_step.self, count: max(steps.count, 1))
        for (index, step) in steps.enumerated() {
            var record = cs_step()
            record.op = step.operation.rawValue
            record.flags = step.flags
            record.number = step.number
            record.number2 = step.number2
            record.source = try arena.string(step.source)
            record.target = try arena.string(step.target)
            record.extra = try arena.string(step.extra)
            if let list = step.list { record.list = UnsafePointer(try arena.strings(list)) }
            record.data = UnsafeRawPointer(try arena.bytes(step.data))
            record.size = step.data.count
            records[index] = record
        }
        plan.steps = UnsafePointer(records)
        plan.step_count = UInt32(steps.count)
        plan.store_fd = storeDescriptor
        plan.candidates = UnsafePointer(try arena.strings(candidates))
        plan.argv = UnsafePointer(try arena.strings(arguments))
        plan.envp = UnsafePointer(try arena.strings(environment))
    }
}

/// How the ids of a new user namespace are mapped.
package enum IdMapping: Equatable, Sendable {
    /// No new user namespace.
    case none
    /// Text for `/proc/PID/uid_map` and `gid_map`, written by ourselves (root, or one single id).
    case direct(uid: String, gid: String)
    /// Command lines of newuidmap and newgidmap; the element after the program is replaced by the pid.
    case helpers(uid: [String], gid: [String])

    func encode(into launch: UnsafeMutablePointer<cs_launch>, _ arena: Arena) throws(Failure) {
        switch self {
        case .none: launch.pointee.map = CS_MAP_NONE.rawValue
        case .direct(let uid, let gid):
            launch.pointee.map = CS_MAP_DIRECT.rawValue
            launch.pointee.uid_map = try arena.string(uid)
            launch.pointee.gid_map = try arena.string(gid)
        case .helpers(let uid, let gid):
            launch.pointee.map = CS_MAP_HELPERS.rawValue
            launch.pointee.uid_helper = try arena.strings(uid)
            launch.pointee.gid_helper = try arena.strings(gid)
        }
    }
}

/// Why a new process did not get as far as its program.
package struct LaunchFailure: Error, Equatable, Sendable {
    package enum Phase: Equatable, Sendable {
        /// Making the monitor, its pipes or its socket.
        case monitor
        /// clone(2), or joining namespaces.
        case namespaces
        /// newuidmap or newgidmap (or the write) refused.
        case idMap
        /// The step of this index in the plan; the count of steps stands for execve(2).
        case step(Int, detail: UInt32)
        /// The container's record could not be written.
        case record
        /// The cloned process could not be given its network.
        case network(Failure)
        /// Encoding failed before anything was started.
        case plan(Failure)
    }
    package var phase: Phase
    /// The positive errno; negative: the exit status of an id-map helper.
    package var code: Int32

    package init(_ phase: Phase, code: Int32) { (self.phase, self.code) = (phase, code) }

    init(_ outcome: cs_outcome) {
        code = outcome.error
        switch outcome.phase {
        case CS_PHASE_CLONE.rawValue: phase = .namespaces
        case CS_PHASE_UID_MAP.rawValue, CS_PHASE_GID_MAP.rawValue: phase = .idMap
        case CS_PHASE_STEPS.rawValue: phase = .step(Int(outcome.step), detail: outcome.detail)
        case CS_PHASE_RECORD.rawValue: phase = .record
        default: phase = .monitor
        }
    }
}

/// Runs `body` with every signal blocked: a handler must not run in a fresh child.
func withSignalsBlocked<T>(_ body: () -> T) -> T {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return body()
}
