import CShim
import Glibc
internal import Primitives

/// What must be known before the monitor is forked. Descriptors are borrowed numbers: they stay open in
/// the caller until `MonitorLaunch` is gone.
package struct MonitorOptions: Sendable {
    package var cloneFlags: UInt64
    package var idMapping: IdMapping
    package var tty = false
    package var openStdin = false
    package var stdinOnce = false
    package var autoRemove = false
    package var durable = true
    /// Directory of the container's records and log.
    package var containerDirectory: Int32
    /// Directory of the attach socket.
    package var runtimeDirectory: Int32
    /// Working directory of the set-up steps.
    package var storeDirectory: Int32
    /// The user namespace in which to clone; the id maps are then text for the kernel, relative to that one.
    package var parentUserNamespace: Int32?
    /// Of another container, or of a path: entered instead of making one.
    package var networkNamespace: Int32?
    /// Kept open as long as the container runs.
    package var held: Int32?
    /// `cloned()` is asked before `go`.
    package var tellsCloned = false
    package var logName: String?
    package var logMaxBytes: UInt64 = 0
    package var logMaxFiles: UInt32 = 1
    package var socketName: String
    package var bootIdentifier: String
    package var cleanupProgram: String
    package var containerIdentifier: String

    package init(
        cloneFlags: UInt64, idMapping: IdMapping, containerDirectory: Int32, runtimeDirectory: Int32, storeDirectory: Int32,
        socketName: String, bootIdentifier: String, cleanupProgram: String, containerIdentifier: String
    ) {
        (self.cloneFlags, self.idMapping) = (cloneFlags, idMapping)
        (self.containerDirectory, self.runtimeDirectory, self.storeDirectory) = (containerDirectory, runtimeDirectory, storeDirectory)
        (self.socketName, self.bootIdentifier) = (socketName, bootIdentifier)
        (self.cleanupProgram, self.containerIdentifier) = (cleanupProgram, containerIdentifier)
    }
}

extension MonitorOptions {
    func encode(into launch: UnsafeMutablePointer<cs_launch>, _ arena: Arena) throws(Failure) {
        try idMapping.encode(into: launch, arena)
        launch.pointee.log_name = try arena.string(logName)
        launch.pointee.socket_name = try arena.string(socketName)
        launch.pointee.boot_id = try arena.string(bootIdentifier)
        launch.pointee.cleanup_program = try arena.string(cleanupProgram)
        launch.pointee.container_id = try arena.string(containerIdentifier)
        launch.pointee.clone_flags = cloneFlags
        launch.pointee.tty = tty ? 1 : 0
        launch.pointee.open_stdin = openStdin ? 1 : 0
        launch.pointee.stdin_once = stdinOnce ? 1 : 0
        launch.pointee.auto_remove = autoRemove ? 1 : 0
        launch.pointee.durable = durable ? 1 : 0
        launch.pointee.container_fd = containerDirectory
        launch.pointee.runtime_fd = runtimeDirectory
        launch.pointee.store_fd = storeDirectory
        launch.pointee.join_pidns_fd = -1
        launch.pointee.join_netns_fd = networkNamespace ?? -1
        launch.pointee.join_userns_fd = parentUserNamespace ?? -1
        launch.pointee.hold_fd = held ?? -1
        launch.pointee.tell_cloned = tellsCloned ? 1 : 0
        launch.pointee.log_max_bytes = logMaxBytes
        launch.pointee.log_max_files = logMaxFiles
    }
}

/// A monitor that has cloned the container's first process and writes its id maps while the caller prepares
/// the rest. Dropped without `go`, it ends and takes the process along.
package struct MonitorLaunch: ~Copyable {
    private let arena: Arena
    private let launch: UnsafeMutablePointer<cs_launch>
    private let control: Descriptor
    private let monitorPid: Int32

    package static func start(_ options: MonitorOptions) throws(LaunchFailure) -> MonitorLaunch {
        do throws(Failure) {
            let arena = try Arena()
            let launch = try arena.allocate(cs_launch.self)
            try options.encode(into: launch, arena)
            let pair = try DescriptorPair.sockets()
            let theirs = pair.second.raw
            let pid = withSignalsBlocked { cs_launch(launch, theirs) }
            if pid < 0 { throw .kernel("starting the monitor", -pid) }
            return MonitorLaunch(arena: arena, launch: launch, control: pair.first, monitorPid: pid)
        } catch { throw LaunchFailure(.plan(error), code: 0) }
    }

    private init(arena: Arena, launch: UnsafeMutablePointer<cs_launch>, control: consuming Descriptor, monitorPid: Int32) {
        self.arena = arena
        self.launch = launch
        self.control = control
        self.monitorPid = monitorPid
    }

    /// Hands over the plan and waits until the program runs.
    /// - Parameters:
    ///   - wanted: which streams the caller stays attached to: 1 stdin, 2 stdout, 4 stderr.
    ///   - streamOwner: uid inside the container that owns the standard streams.
    /// - Returns: the socket to the monitor (attach frames follow) and the program's pid.
    package consuming func go(_ plan: ProcessPlan, wanted: UInt8, streamOwner: UInt32) throws(LaunchFailure) -> StartedMonitor {
        do throws(Failure) {
            launch.pointee.stdio_owner = streamOwner
            try plan.encode(into: &launch.pointee.plan, storeDescriptor: launch.pointee.store_fd, arena, tellsRefusals: true)
            // The frame has no payload: its length field carries the streams.
            try control.send([UInt8(CS_FRAME_GO), wanted, 0, 0, 0])
        } catch {
            // A monitor that has given up already said why before it closed its end.
            if !Signals.isBrokenPipe(error) { throw LaunchFailure(.plan(error), code: 0) }
        }
        let pid = try receivePid()
        do throws(Failure) {
            let refused = launch.pointee.plan.refused
            let refusals = plan.steps.indices.filter { (refused?[$0] ?? 0) != 0 }.map { ($0, refused![$0]) }
            return StartedMonitor(control: try control.duplicate(), pid: pid, refusals: refusals)
        } catch {
            throw LaunchFailure(.plan(error), code: 0)
        }
    }

    /// Waits until the first process is in its namespaces, where nothing of the image runs yet. Asked at most once, and only
    /// when the options said so.
    /// - Returns: its pid.
    package func cloned() throws(LaunchFailure) -> Int32 { try receivePid() }

    /// A frame with a pid, or the reason why there is none.
    private func receivePid() throws(LaunchFailure) -> Int32 {
        let header = try receive(5)
        if header[0] == UInt8(CS_FRAME_FAILED) {
            let outcome = try receive(MemoryLayout<cs_outcome>.size).withUnsafeBytes { $0.loadUnaligned(as: cs_outcome.self) }
            var status: Int32 = 0
            waitpid(monitorPid, &status, 0)
            throw LaunchFailure(outcome)
        }
        return try receive(4).withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
    }

    /// Exactly `count` bytes from the monitor.
    private func receive(_ count: Int) throws(LaunchFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let code = bytes.withUnsafeMutableBytes { cs_read_exactly(control.raw, $0.baseAddress, count) }
        if code != 1 { throw LaunchFailure(.monitor, code: code == 0 ? EPIPE : -code) }
        return bytes
    }
}

package struct StartedMonitor: ~Copyable {
    package let control: Descriptor
    package let pid: Int32
    /// Steps of the plan that the kernel refused though the program runs, with their errno.
    package let refusals: [(step: Int, code: Int32)]
}
