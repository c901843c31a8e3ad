import CommandLine
import Images
import Primitives

struct ManifestPushCommand {
    let access: ManifestAccess

    func run(_ operands: [String]) -> Int32 {
        access.run { () throws(Failure) in
            let name = try ImageReference(operands[0])
            let list = try access.lists([]).existing(name)
            let lists = try access.lists([name] + list.entries.map(\.reference))
            let console = access.engine.console
            let digest = try lists.push(list) { (entry) throws(Failure) in
                try console.line("Pushed ref \(name.repository.pinned(to: entry.digest).canonical) with digest: \(entry.digest)")
            }
            try console.line(digest.description)
            if access.options.bool(.purge) { try lists.remove(name) }
        }
    }
}
