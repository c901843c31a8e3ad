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

    func create(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let (record, _) = try make(operands, detached: false)
            try engine.console.line(record.id)
            return ExitCode.success
        } catch { return fail(error) }
    }

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let detach = options.bool(.detach)
            if detach, options.isSet(.attach) { return flagConflict("Conflicting options: -a and -d") }
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
        engine.console.say("\(engine.console.program): \(text)")
        return ExitCode.engine
    }

    /// docker's frame around what the runtime says, so that scripts find the same words.
    private func fail(_ failure: Failure) -> Int32 {
        let code = StartFailure.exitCode(failure)
        var shown = engine.explained(failure)
        if code != ExitCode.engine, engine.console.isDocker {
            shown.message =
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: \(failure.message): unknown"
        }
        engine.console.reportRun(shown, command: command)
        return code
    }

    private func make(_ operands: [String], detached: Bool) throws(Failure) -> (ContainerRecord, Digest) {
        var request = try RunFlags.request(options, image: operands[0], command: Array(operands.dropFirst()))
        request.detach = detached
        let cidfile = options.string(.cidfile)
        if !cidfile.isEmpty, HostFile.exists(cidfile) {
            throw Failure(.conflict, "container ID file found, make sure the other container isn't running or delete \(cidfile)")
        }
        // What is held by this lease is not collected between finding the image and recording the container.
        let lease = try Lease(try engine.store)
        let image = try ImageResolver(engine: engine, global: global).resolve(
            operands[0], pull: options.string(.pull), platform: request.platform, quiet: options.bool(.quiet), lease: lease)
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
