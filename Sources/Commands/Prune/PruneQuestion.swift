import CommandLine
import LinuxSys
import Primitives

/// What the prune commands share: the question before, and what they print.
struct PruneQuestion {
    let engine: Engine
    let options: ParsedOptions

    var isDryRun: Bool { options.bool(.dryRun) }

    /// Asks unless told not to; whoever does not say yes removes nothing. Nothing is asked where nothing is removed.
    func isConfirmed(_ text: String) throws(Failure) -> Bool {
        if options.bool(.force) || isDryRun { return true }
        try engine.console.data("\(text)\nAre you sure you want to continue? [y/N] ")
        let answer = StandardStream.input.readLine()
        return answer == "y" || answer == "Y"
    }

    /// `Deleted Images:` and its lines.
    func show(_ title: String, _ lines: [String]) throws(Failure) {
        if !lines.isEmpty { try engine.console.line("Deleted \(title):\n\(lines.joined(separator: "\n"))\n") }
    }

    func showTotal(_ bytes: Int64) throws(Failure) {
        try engine.console.line("Total \(isDryRun ? "reclaimable" : "reclaimed") space: \(ByteSize.decimal(bytes, digits: 4))")
    }
}
