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
            let id: String
            do throws(Failure) {
                id = try containers.find(operands[0])
                if let directory = request.workingDirectory, !directory.hasPrefix("/"), try containers.state(id).isRunning {
                    engine.console.say("OCI runtime exec failed: exec failed: Cwd must be an absolute path: unknown")
                    return ExitCode.notExecutable
                }
                return try containers.exec(id, request, idMap: engine.idMap) ?? ExitCode.success
            } catch {
                if StartFailure.exitCode(error) != ExitCode.engine { throw error }
                engine.console.report(error)
                return ExitCode.failure
            }
        } catch {
            let code = StartFailure.exitCode(error)
            guard code != ExitCode.engine else {
                engine.console.report(error)
                return code
            }
            engine.console.say("OCI runtime exec failed: exec failed: unable to start container process: \(error.message): unknown")
            return code
        }
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
