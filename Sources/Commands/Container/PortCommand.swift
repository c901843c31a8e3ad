import Containers
import Primitives

/// `port`.
struct PortCommand {
    let engine: Engine

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let containers = try engine.containers
            let state = try containers.networkState(try containers.find(operands[0]))
            let column = PortColumn(published: state?.ports ?? [], noted: [])
            let lines = operands.count > 1 ? try lines(of: operands[1], column, operands[0]) : column.lines()
            try engine.console.data(lines.map { $0 + "\n" }.joined())
            return ExitCode.success
        } catch {
            // What docker's client finds out itself it tells with the same word as this program.
            if error.kind == .invalid { engine.console.say("Error: " + error.message) } else { engine.console.report(error) }
            return ExitCode.failure
        }
    }

    private func lines(of text: String, _ column: PortColumn, _ container: String) throws(Failure) -> [String] {
        let (port, proto) = PortRange.splitProtocol(text)
        let number: UInt16
        do throws(Failure) { number = try PortRange.number(port) } catch {
            throw Failure(.invalid, "invalid port (\(port)): \(error.message)")
        }
        let lines = column.lines(of: "\(number)/\(proto)")
        if lines.isEmpty { throw Failure(.invalid, "No public port '\(text)' published for \(container)") }
        return lines
    }
}
