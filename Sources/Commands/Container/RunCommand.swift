import CommandLine
import Containers
import Images
import LinuxSys
import Primitives
import Store

/// `run` and `create`.
struct RunCommand {
    let engine: Engine
    let options: ParsedOptions
    /// `run`, `container run`, …
    let command: String
    let global: ParsedOptions
    private let client = FlagCheck()

    init(engine: Engine, options: ParsedOptions, command: String, global: ParsedOptions) {
        (self.engine, self.options, self.command, self.global) = (engine, options, command, global)
    }

    func create(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let draft = try draft(operands, detached: false)
            try engine.console.line(try record(draft, id: try engine.containers.reserve()).id)
            return ExitCode.success
        } catch {
            if client.failed { return fail(error) }
            engine.console.report(error)
            return ExitCode.failure
        }
    }

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let detach = options.bool(.detach)
            if detach, options.isSet(.attach) { return flagConflict("conflicting options: cannot specify both --attach and --detach") }
            if options.bool(.tty), options.bool(.interactive), !detach, !StandardStream.input.isTerminal {
                engine.console.say("the input device is not a TTY")
                return ExitCode.failure
            }
            let draft = try draft(operands, detached: detach)
            let session = try session(detach: detach)
            let containers = try engine.containers
            let id = try containers.reserve()
            let starter: ContainerStarter
            do throws(Failure) {
                starter = try ContainerStarter.begin(draft.request, id: id, in: containers, places: engine.places, idMap: engine.idMap)
            } catch {
                try containers.discard(id)
                throw error
            }
            let record = try record(draft, id: id)
            do throws(Failure) { return try ForegroundRun(engine: engine).start(starter, record, session: session, detach: detach) } catch {
                if record.autoRemove { try containers.remove(id, force: true, idMap: engine.idMap, places: engine.places) }
                throw error
            }
        } catch { return fail(error) }
    }

    private func flagConflict(_ text: String) -> Int32 {
        engine.console.say(text)
        return ExitCode.failure
    }

    /// docker's frame around what the runtime says, so that scripts find the same words.
    private func fail(_ failure: Failure) -> Int32 {
        let code = StartFailure.exitCode(failure)
        var shown = engine.explained(failure)
        if StartFailure.isProgram(failure), engine.console.isDocker {
            shown.message =
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: \(failure.message): unknown"
        }
        engine.console.reportRun(shown, command: command, isUsage: client.failed)
        return code
    }

    /// A request and the image it was found to mean, held by a lease until the container is recorded.
    private struct Draft: ~Copyable {
        let request: CreateRequest
        let image: Digest
        let lease: Lease
    }

    private func draft(_ operands: [String], detached: Bool) throws(Failure) -> Draft {
        var request = try RunFlags.request(options, image: operands[0], command: Array(operands.dropFirst()), client: client)
        request.detach = detached
        for warning in try request.checkNetwork() { engine.console.say("WARNING: \(warning)") }
        request.idMap = try UserNamespaceResolver(engine.idMap, in: engine.containers).map(request.userNamespace)
        if case .keepID(let uid, let gid) = request.userNamespace.mode, request.user.isEmpty {
            let (uid, gid) = (uid ?? Process.effectiveUserID, gid ?? Process.effectiveGroupID)
            request.user = "\(uid):\(gid)"
            let home = request.workingDirectory.isEmpty ? "/" : request.workingDirectory
            if let name = UserAccount.name(of: Process.effectiveUserID), !home.utf8.contains(where: { [0x3A, 0x0A].contains($0) }) {
                request.passwdEntry = "\(name):*:\(uid):\(gid)::\(home):/bin/sh"
            }
        }
        let cidfile = options.string(.cidfile)
        if !cidfile.isEmpty, HostFile.exists(cidfile) {
            try client { () throws(Failure) in
                throw Failure(.conflict, "container ID file found, make sure the other container isn't running or delete \(cidfile)")
            }
        }
        let pull = options.string(.pull)
        try client { () throws(Failure) in
            try ImageResolver.check(pull: pull)
            // An id of 64 digits is no name, but may be an image.
            if Digest(hex: operands[0]) == nil { _ = try ImageReference(operands[0]) }
        }
        // What is held by this lease is not collected between finding the image and recording the container.
        let lease = try Lease(try engine.store)
        let image = try ImageResolver(engine: engine, global: global).resolve(
            operands[0], pull: pull, platform: request.platform, quiet: options.bool(.quiet), lease: lease)
        return Draft(request: request, image: image, lease: lease)
    }

    private func record(_ draft: consuming Draft, id: String) throws(Failure) -> ContainerRecord {
        var creator = ContainerCreator(try engine.containers, idMap: engine.idMap, places: try engine.places)
        let record = try creator.create(draft.request, imageID: draft.image, id: id)
        for warning in creator.warnings { engine.console.say("WARNING: \(warning)") }
        if StandardStream.error.isTerminal, let advice = try BindAdvice.text(record, in: engine.containers, idMap: engine.idMap) {
            engine.notice(advice)
        }
        let cidfile = options.string(.cidfile)
        if !cidfile.isEmpty { try HostFile.create(cidfile, text: record.id) }
        return record
    }

    private func session(detach: Bool) throws(Failure) -> AttachSession {
        var streams: AttachedStreams = []
        if !detach {
            let named = options.isSet(.attach) ? options.strings(.attach) : nil
            if named?.contains("stdout") ?? true { streams.insert(.stdout) }
            if named?.contains("stderr") ?? true { streams.insert(.stderr) }
            if options.bool(.interactive), named?.contains("stdin") ?? true { streams.insert(.stdin) }
        }
        let tty = options.bool(.tty)
        var session = AttachSession(
            streams: streams, tty: tty, detachKeys: AttachSession.defaultDetachKeys, forwardSignals: options.bool(.sigProxy) && !tty)
        if let keys = options.stringIfSet(.detachKeys), !keys.isEmpty { session.detachKeys = try DetachKeySequence.parse(keys) }
        return session
    }
}
