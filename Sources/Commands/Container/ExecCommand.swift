import CommandLine
import Containers
import LinuxSys
import Primitives

struct ExecCommand {
    let engine: Engine
    let options: ParsedOptions
    let command: String

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let request: ExecRequest
            do throws(Failure) { request = try self.request(operands) } catch {
                engine.console.reportPlain(error)
                return ExitCode.failure
            }
            if request.tty, request.interactive, !request.detach, !StandardStream.input.isTerminal {
                engine.console.say("the input device is not a TTY")
                return ExitCode.failure
            }
            let containers = try engine.containers
            let id = try containers.find(operands[0])
            do throws(Failure) {
                if let directory = request.workingDirectory, !directory.hasPrefix("/"), try containers.state(id).isRunning {
                    return startFailed(
                        Failure(.invalid, "OCI runtime exec failed: exec failed: Cwd must be an absolute path: unknown"), request)
                }
                return try containers.exec(id, request, idMap: engine.idMap) ?? ExitCode.success
            } catch {
                // Not running: nothing was made that could fail to start.
                if error.kind == .conflict { throw error }
                return startFailed(error, request)
            }
        } catch {
            engine.console.report(error)
            return ExitCode.failure
        }
    }

    /// docker is attached to the process by then: why it does not start comes as its output, and the line as on a terminal.
    private func startFailed(_ failure: Failure, _ request: ExecRequest) -> Int32 {
        let code = StartFailure.exitCode(failure)
        var shown = failure
        if code != ExitCode.engine {
            shown.message = "OCI runtime exec failed: exec failed: unable to start container process: \(failure.message): unknown"
        }
        if request.detach {
            engine.console.report(shown)
            return ExitCode.failure
        }
        if engine.console.isDocker {
            do throws(Failure) { try engine.console.data(shown.message + "\r\n") } catch { engine.console.report(shown) }
        } else if code == ExitCode.engine, !shown.message.hasPrefix("OCI ") {
            engine.console.report(shown)
        } else {
            engine.console.say(shown.message)
        }
        return code == ExitCode.engine ? ExitCode.notExecutable : code
    }

    private func request(_ operands: [String]) throws(Failure) -> ExecRequest {
        var request = ExecRequest(arguments: Array(operands.dropFirst()))
        request.environment = try EnvironmentFlags.merged(options)
        request.user = options.stringIfSet(.user).flatMap { $0.isEmpty ? nil : $0 }
        request.workingDirectory = options.stringIfSet(.workdir).flatMap { $0.isEmpty ? nil : $0 }
        request.tty = options.bool(.tty)
        request.interactive = options.bool(.interactive)
        request.detach = options.bool(.detach)
        request.privileged = options.bool(.privileged)
        if let keys = options.stringIfSet(.detachKeys), !keys.isEmpty { request.detachKeys = try DetachKeySequence.parse(keys) }
        return request
    }
}
