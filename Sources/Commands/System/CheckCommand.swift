import CommandLine
import Containers
import Images
import LinuxSys
import Primitives
import Registry
import Store

/// `system check`.
struct CheckCommand {
    let engine: Engine
    let options: ParsedOptions
    let global: ParsedOptions

    func run() throws(Failure) -> Int32 {
        // As root of the user's namespace: only it reads every file and gives repaired ones their owners.
        try engine.asOwner { (owners) throws(Failure) in try check(owners) }
    }

    private func check(_ owners: FileOwners) throws(Failure) -> Int32 {
        let isQuick = options.bool(.quickCheck)
        let isRepair = options.bool(.repair)
        if isQuick, isRepair { throw Failure(.invalid, "--quick and --repair cannot be given together") }
        let isSingle = owners.mappedIDs == nil
        let (damages, counts) = try StoreCheck(try engine.store, singleOwner: isSingle, isQuick: isQuick).run()
        for damage in damages { try say("\(damage.subject): \(damage.text)") }
        var repaired = 0
        if isRepair, !damages.isEmpty { repaired = try repair(damages, owners) }
        // After the repair, because it brings layers back that containers miss.
        let containers = try engine.containers.damages(singleOwner: isSingle)
        var lines = containers.lines
        _ = try engine.networks.all { lines.append("network: \($0.message): remove it with network rm and its ID") }
        for line in lines { try say(line) }
        let found = damages.count + lines.count
        let things = [
            Self.count(counts.images, "image"), Self.count(counts.blobs, "blob"), Self.count(counts.layers, "layer"),
            Self.count(containers.count, "container"),
        ].joined(separator: ", ")
        let result = found == 0 ? "no damage found" : isRepair ? "\(found) damaged, \(repaired) repaired" : "\(found) damaged"
        try say("\(things): \(result)")
        return found == repaired ? ExitCode.success : ExitCode.failure
    }

    private static func count(_ number: Int, _ thing: String) -> String { "\(number) \(thing)\(number == 1 ? "" : "s")" }

    private func repair(_ damages: [StoreDamage], _ owners: FileOwners) throws(Failure) -> Int {
        let console = engine.console
        let client = try RegistryAccess(global).client { text in console.say(text) }
        let containers = try engine.containers
        var lines: [String] = []
        func users() throws(Failure) -> [ImageUser] { try containers.imageUsers() }
        let repair = try StoreRepair(try engine.store, client: client, mappedIDs: owners.mappedIDs, users: users) { lines.append($0) }
        let repaired = try repair.repair(damages)
        for line in lines { try say(line) }
        try containers.sweep(idMap: engine.idMap, places: engine.places)
        return repaired
    }

    private func say(_ line: String) throws(Failure) {
        if !options.bool(.quietCheck) { try engine.console.line(line) }
    }
}
