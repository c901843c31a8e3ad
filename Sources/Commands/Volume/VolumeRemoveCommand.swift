import CommandLine
import Containers
import Primitives

/// `volume rm`.
struct VolumeRemoveCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        let force = options.bool(.forceVolume)
        let code = engine.forEach(operands) { (name) throws(Failure) in
            do throws(Failure) {
                try engine.containers.removeVolume(name, idMap: engine.idMap, places: engine.places)
            } catch {
                if !force || error.kind != .notFound { throw error }
            }
            try engine.console.line(name)
        }
        do throws(Failure) { try engine.containers.sweep(idMap: engine.idMap, places: engine.places) } catch {
            engine.console.report(error.within("tidying up after an interrupted removal"))
        }
        return code
    }
}
