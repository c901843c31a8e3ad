internal import LinuxSys
package import Primitives
package import Sandbox
internal import Store

/// What `exec` runs in a container.
package struct ExecRequest: Equatable, Sendable {
    package var arguments: [String]
    /// `NAME=value`, added to the container's own.
    package var environment: [String] = []
    /// `nil` takes the container's user.
    package var user: String?
    package var workingDirectory: String?
    package var tty = false
    package var interactive = false
    package var detach = false
    package var privileged = false
    package var detachKeys = AttachSession.defaultDetachKeys

    package init(arguments: [String]) { self.arguments = arguments }
}

extension ContainerStore {
    /// Runs a process in a running container; this process is its parent and copies its streams.
    /// - Returns: the exit code (128 + signal), `nil` when detached.
    package func exec(_ id: String, _ request: ExecRequest, idMap: IdMapPlan) throws(Failure) -> Int32? {
        let state = try state(id)
        let record = try record(id)
        let idMap = idMap.with(try record.idMap)
        guard state.isRunning else { throw Failure(.conflict, "container \(id) is not running") }
        let target = try doing("entering the container") { () throws(Failure) in
            let first = try state.process()
            // The init process is closed to everybody, so that nobody reaches its binary: its child is entered.
            guard record.hostConfig["Init"]?.bool == true, let child = Process.firstChild(of: state.pid) else { return first }
            return try ProcessDescriptor(pid: child)
        }
        let user = try ContainerUser.resolve(record, containers: self, idMap: idMap, override: request.user)
        let plan = try plan(request, record, user, idMap)
        var namespaces = try LaunchTraits(record).namespaces(idMap)
        namespaces.insert(.mount)
        if request.tty, !request.detach {
            return try ExecTerminal(request: request).run(target, namespaces, plan, program: request.arguments[0])
        }
        return try ExecPipes(request: request).run(target, namespaces, plan, owner: user.uid, program: request.arguments[0])
    }

    private func plan(_ request: ExecRequest, _ record: ContainerRecord, _ user: ResolvedUser, _ idMap: IdMapPlan) throws(Failure)
        -> ProcessPlan
    {
        let environment = ProcessEnvironment.of(record, tty: request.tty, adding: request.environment, home: user.home)
        return ProcessPlan(
            steps: try steps(request, record, user, idMap).map(\.raw),
            candidates: ProgramSearch.candidates(request.arguments[0], environment: environment), arguments: request.arguments,
            environment: environment)
    }

    private func steps(_ request: ExecRequest, _ record: ContainerRecord, _ user: ResolvedUser, _ idMap: IdMapPlan) throws(Failure)
        -> [SetupStep]
    {
        let all = CapabilitySet.all(last: Host.lastCapability).intersection(.available(idMap)).rawValue
        let set = request.privileged ? all : UInt64(bitPattern: record.proa["Capabilities"]?.int ?? 0)
        let filter =
            request.privileged
            ? nil : try ContainerFilter.program(record, containers: self, directory: "\(root.path)/containers/\(record.id)")
        let noNewPrivileges = record.proa["NoNewPrivileges"]?.bool ?? false
        var steps: [SetupStep] = []
        if request.tty, !request.detach {
            let size = Terminal.size(0) ?? Terminal.Size(rows: 0, columns: 0)
            steps.append(.console(bindOnDevConsole: false, rows: size.rows, columns: size.columns))
        }
        steps.append(.sessionKeyring)
        let directory = request.workingDirectory ?? record.config["WorkingDir"]?.string ?? "/"
        steps.append(.workingDirectory(directory.isEmpty ? "/" : directory))
        steps.append(.boundingSet(set))
        if let filter, !noNewPrivileges { steps.append(.seccomp(filter)) }
        steps.append(.identity(uid: user.uid, gid: user.gid, groups: ContainerUser.keepsGroups(record) ? nil : user.supplementaryGroups))
        steps.append(.capabilities(user.uid == 0 || request.privileged ? set : 0))
        if noNewPrivileges { steps.append(.noNewPrivileges) }
        if let filter, noNewPrivileges { steps.append(.seccomp(filter)) }
        return steps
    }
}

/// Why a process could not be started in a container, in docker's words where scripts look.
enum ExecFailure {
    static func explain(_ failure: LaunchFailure, _ plan: ProcessPlan, program: String) -> Failure {
        switch failure.phase {
        case .plan(let inner): inner
        case .namespaces: Failure.kernel("joining the container's namespaces", failure.code)
        case .step(let index, _) where index < plan.steps.count && plan.steps[index].operation == .workdir:
            StartFailure.workingDirectory(plan.steps[index].target ?? "", failure.code)
        case .step: StartFailure.program(program, failure.code)
        default: Failure.kernel("starting the process", failure.code)
        }
    }
}
