import CommandLine
import Images
import Primitives

struct ImageTagCommand {
    let engine: Engine

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let target: ImageReference
        do throws(Failure) { target = try ImageReference(operands[1]) } catch {
            engine.console.reportPlain(
                Failure(
                    .invalid,
                    "Error parsing reference: \(JSON.string(operands[1]).compact()) is not a valid repository/tag: \(error.message)"))
            return ExitCode.failure
        }
        let images = ImageStore(try engine.store)
        try images.tag(try images.find(operands[0]), as: target)
        return ExitCode.success
    }
}
