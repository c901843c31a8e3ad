import CommandLine
import Containers
import LinuxSys
import Primitives

/// `stop`, `restart`, `kill` and `wait`: try every operand, print each that worked.
struct StopCommand {
    let engine: Engine
    let options: ParsedOptions

    func stop(_ operands: [String]) -> Int32 {
        engine.forEach(operands) { (operand) throws(Failure) in
            let containers = try engine.containers
            let id = try containers.find(operand)
            try containers.stop(id, signal: try signal(), graceSeconds: grace)
            try engine.console.line(operand)
        }
    }

    func restart(_ operands: [String]) -> Int32 {
        engine.forEach(operands) { (operand) throws(Failure) in
            let containers = try engine.containers
            let id = try containers.find(operand)
            try containers.stop(id, signal: try signal(), graceSeconds: grace)
            let record = try containers.record(id)
            let starter = try ContainerStarter.begin(record, in: containers, places: engine.places, idMap: engine.idMap)
            _ = try starter.finish(record, attach: [], terminal: nil, notice: engine.notice)
            try engine.console.line(operand)
        }
    }

    func kill(_ operands: [String]) throws(Failure) -> Int32 {
        let number = try signal() ?? Signals.kill
        return engine.forEach(operands) { (operand) throws(Failure) in
            let containers = try engine.containers
            let id = try doing("Cannot kill container: \(operand)") { () throws(Failure) in try containers.find(operand) }
            do throws(Failure) { try containers.kill(id, signal: number) } catch {
                guard error.kind == .conflict else { throw error }
                throw Failure(.conflict, error.message.replacing("container: \(id):", with: "container: \(operand):"))
            }
            try engine.console.line(operand)
        }
    }

    func wait(_ operands: [String]) -> Int32 {
        engine.forEach(operands) { (operand) throws(Failure) in
            let containers = try engine.containers
            let id = try containers.find(operand)
            // Of a container that removes itself at its end, the code comes through its monitor.
            let code = try containers.waitForCode(id, places: engine.places)
            try engine.console.line(String(code))
        }
    }

    private var grace: Int64? { options.intIfSet(.timeout) }

    private func signal() throws(Failure) -> Int32? {
        guard let text = options.stringIfSet(.signal), !text.isEmpty else { return nil }
        return try SignalName.parse(text)
    }
}
