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
            let (record, _) = try make(operands, detached: false)
            try engine.console.line(record.id)
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
            let (record, _) = try make(operands, detached: detach)
            do throws(Failure) { return try start(record, detach: detach) } catch {
                if record.autoRemove { try engine.containers.remove(record.id, force: true, idMap: engine.idMap, places: engine.places) }
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

    private func make(_ operands: [String], detached: Bool) throws(Failure) -> (ContainerRecord, Digest) {
        var request = try RunFlags.request(options, image: operands[0], command: Array(operands.dropFirst()), client: client)
        request.detach = detached
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
        var creator = ContainerCreator(try engine.containers, idMap: engine.idMap)
        let record = try creator.create(request, imageID: image)
        for warning in creator.warnings { engine.console.say("WARNING: \(warning)") }
        if !cidfile.isEmpty { try HostFile.create(cidfile, text: record.id) }
        withExtendedLifetime(lease) {}
        return (record, image)
    }

    private func start(_ record: ContainerRecord, detach: Bool) throws(Failure) -> Int32 {
        var streams: AttachedStreams = []
        if !detach {
            let named = options.isSet(.attach) ? options.strings(.attach) : nil
            if named?.contains("stdout") ?? true { streams.insert(.stdout) }
            if named?.contains("stderr") ?? true { streams.insert(.stderr) }
            if options.bool(.interactive), named?.contains("stdin") ?? true { streams.insert(.stdin) }
        }
        var session = AttachSession(
            streams: streams, tty: record.tty, detachKeys: AttachSession.defaultDetachKeys,
            forwardSignals: options.bool(.sigProxy) && !record.tty)
        if let keys = options.stringIfSet(.detachKeys), !keys.isEmpty { session.detachKeys = try DetachKeySequence.parse(keys) }
        return try ForegroundRun(engine: engine).start(record, session: session, detach: detach)
    }
}
