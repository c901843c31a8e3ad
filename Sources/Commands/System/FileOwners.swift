import Containers
import LinuxSys
import Primitives
import Sandbox

/// Whom files can be given to.
enum FileOwners: Equatable {
    /// Real root: everybody.
    case all
    /// Root of a user namespace with this many ids.
    case mapped(UInt32)
    /// Everything belongs to the caller.
    case single

    static let stage = "proa:again"

    init?(word: String) {
        if word == "single" {
            self = .single
        } else if let count = UInt32(word) {
            self = .mapped(count)
        } else {
            return nil
        }
    }

    /// `nil`: one id.
    var mappedIDs: UInt32? {
        switch self {
        case .all: UInt32.max
        case .mapped(let count): count
        case .single: nil
        }
    }
}

extension Engine {
    /// Runs `body` where the files of containers and layers can be read and made with their owners: here as real root, else
    /// the whole command once more as root of the user's namespace.
    /// - Parameter environment: `NAME=VALUE` for the second process.
    func asOwner(environment: [String] = [], _ body: (FileOwners) throws(Failure) -> Int32) throws(Failure) -> Int32 {
        if let stageOwners { return try body(stageOwners) }
        guard idMap.needsUserNamespace else { return try body(.all) }
        noticeSingleOwner()
        let owners = idMap.isSingleOwner ? "single" : String(idMap.mappedIDs)
        return try UserNamespaceStage.run([FileOwners.stage, owners] + words, idMap: idMap, places: places, environment: environment)
    }
}
