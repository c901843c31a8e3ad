internal import LinuxSys
package import Primitives
internal import Store

extension ContainerStore {
    /// What is wrong with the records of containers, one line each: a record that cannot be read, a layer that is gone, a name
    /// that leads nowhere. Containers that are being made or removed are left alone.
    /// - Parameter singleOwner: where this user's layers are unpacked.
    package func damages(singleOwner: Bool) throws(Failure) -> (lines: [String], count: Int) {
        var lines: [String] = []
        var count = 0
        let layers = LayerStore(root, singleOwner: singleOwner)
        for id in try identifiers().sorted() {
            let short = id.prefix(12)
            do throws(Failure) {
                let directory = try open(id)
                guard directory.contains("config.json") || directory.contains("summary.json") else { continue }
                count += 1
                for name in ["summary.json", "run.json", "exit.json", "error.json"] where directory.contains(name) {
                    if (try? JSON.parse(try directory.readFile(name)))?.object == nil, directory.contains(name) {
                        lines.append("container \(short): its \(name) is damaged")
                    }
                }
                for diffID in try record(id).layers where try !layers.contains(diffID) {
                    lines.append("container \(short): its layer \(diffID) is not unpacked")
                }
                for name in ["upper", "work"] where !directory.contains(name) {
                    lines.append("container \(short): its directory \"\(name)\" is gone")
                }
            } catch {
                if error.kind == .notFound { continue }
                guard error.kind == .corrupt else { throw error }
                lines.append(error.message)
            }
        }
        return (lines, count)
    }
}
