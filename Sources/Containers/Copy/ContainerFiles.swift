package import LinuxSys
package import Primitives
package import Sandbox
internal import Store

/// The root directory of a container, held open for work on its files from outside; nothing of it is executed.
extension ContainerStore {
    private static let copyLock = "copy.lock"

    /// Waits until nobody has the files of a container mounted that does not run yet: two mounts of one upper directory
    /// would not know of each other.
    static func waitForCopies(in directory: borrowing Directory) throws(Failure) {
        if directory.contains(copyLock) { try Lock.take(copyLock, in: directory, .exclusive).hold() }
    }

    /// What a running container sees, held by descriptor. To be opened by the user himself, who owns the container's user
    /// namespace, not by a stage in another one.
    /// - Returns: `nil` when it does not run.
    package func runningRoot(_ id: String) throws(Failure) -> Directory? {
        let state = try state(id)
        guard state.isRunning else { return nil }
        do throws(Failure) {
            let process = try state.process()
            // The init process is closed to everybody: its child is entered.
            let isHelped = try record(id).hostConfig["Init"]?.bool == true
            let pid = isHelped ? Process.firstChild(of: state.pid) ?? state.pid : state.pid
            let root = try Directory.place("/proc/\(pid)/root")
            // Still alive: then its number, and that of its child, has not become somebody else's meanwhile.
            guard try !process.waitForEnd(timeoutMilliseconds: 0) else { return nil }
            return root
        } catch {
            if Errno(error.errno ?? 0) == .noProcess || error.kind == .notFound { return nil }
            throw error.within("entering the container")
        }
    }

    /// The files of a container that does not run, mounted for this process alone.
    /// - Parameters:
    ///   - owners: that this process can give files to.
    ///   - ownNamespace: this process is a stage, with a mount namespace of its own.
    package func mountedRoot(_ id: String, idMap: IdMapPlan, ownNamespace: Bool) throws(Failure) -> MountedFiles {
        let record = try record(id)
        let lock = try Lock.take(Self.copyLock, in: try open(id), .exclusive)
        if try state(id).isRunning { throw Failure(.conflict, "container \(record.shortID) was started meanwhile: copy again") }
        do throws(LaunchFailure) { return MountedFiles(root: try mount(record, idMap, ownNamespace), lock: lock) } catch {
            guard error.isOverlayRefusal else { throw Self.explained(error, record) }
        }
        try FlatRoot.make(id, in: self, singleOwner: idMap.isSingleOwner)
        do throws(LaunchFailure) { return MountedFiles(root: try mount(record, idMap, ownNamespace), lock: lock) } catch {
            throw Self.explained(error, record)
        }
    }

    private func mount(_ record: ContainerRecord, _ idMap: IdMapPlan, _ ownNamespace: Bool) throws(LaunchFailure) -> Directory {
        let steps: [SetupStep]
        do throws(Failure) {
            let directory = "\(root.path)/\(StoreRoot.Area.containers.path)/\(record.id)"
            let places = StorePlaces(data: root.path, runtime: Process.environment("PROA_RUNTIME") ?? "")
            steps = try SetupBuilder(record: record, containers: self, idMap: idMap, places: places, directory: directory)
                .fileSetup().fileSteps
        } catch { throw LaunchFailure(.plan(error), code: 0) }
        return try MountedRoot.mount(steps.map(\.raw), ownNamespace: ownNamespace, store: root.directory)
    }

    private static func explained(_ failure: LaunchFailure, _ record: ContainerRecord) -> Failure {
        if case .plan(let failure) = failure.phase { return failure }
        return Failure.kernel("mounting the files of \"\(record.name)\"", failure.code)
    }
}

/// The files of a container that does not run; nobody starts it while this lives.
package struct MountedFiles: ~Copyable {
    package let root: Directory
    private let lock: Lock

    fileprivate init(root: consuming Directory, lock: consuming Lock) {
        self.root = root
        self.lock = lock
    }
}

extension LaunchFailure {
    /// The root is the second step.
    fileprivate var isOverlayRefusal: Bool {
        guard case .step(1, _) = phase else { return false }
        switch Errno(code) {
        case .invalid, .notSupported, .notPermitted, .noDevice: return true
        default: return false
        }
    }
}
