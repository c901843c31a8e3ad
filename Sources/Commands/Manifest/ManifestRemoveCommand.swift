import CommandLine
import Images
import Primitives

struct ManifestRemoveCommand {
    let access: ManifestAccess

    /// Every list is tried; the failures are told together.
    func run(_ operands: [String]) -> Int32 {
        var code = ExitCode.success
        for operand in operands {
            let one = access.run { () throws(Failure) in try access.lists([]).remove(try ImageReference(operand)) }
            if one != ExitCode.success { code = one }
        }
        return code
    }
}
