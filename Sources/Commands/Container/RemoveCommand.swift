import CommandLine
import Containers
import Primitives

struct RemoveCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        let force = options.bool(.force)
        var failed = false
        for operand in operands {
            do throws(Failure) {
                let containers = try engine.containers
                let id = try containers.find(operand)
                try containers.remove(
                    id, force: force, withVolumes: options.bool(.removeVolumes), idMap: engine.idMap, places: engine.places)
                try engine.console.line(operand)
            } catch {
                engine.console.report(error)
                // `rm -f` of what is not there says so and succeeds.
                if !(force && error.kind == .notFound) { failed = true }
            }
        }
        do throws(Failure) { try engine.containers.sweep(idMap: engine.idMap, places: engine.places) } catch {
            engine.console.report(error.within("tidying up after an interrupted removal"))
        }
        return failed ? ExitCode.failure : ExitCode.success
    }
}

struct RenameCommand {
    let engine: Engine

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        if operands[0].isEmpty || operands[1].isEmpty {
            engine.console.say("Error: Neither old nor new names may be empty")
            return ExitCode.failure
        }
        do throws(Failure) {
            let containers = try engine.containers
            let id = try containers.find(operands[0])
            do throws(Failure) { try containers.rename(id, to: operands[1]) } catch {
                throw error.message.hasPrefix("Renaming") ? error : error.within("Error when allocating new name")
            }
            return ExitCode.success
        } catch {
            engine.console.report(error)
            engine.console.say("Error: failed to rename container named \(operands[0])")
            return ExitCode.failure
        }
    }
}
