import Containers
import Images
import LinuxSys
import Networks
import Primitives
import Sandbox
import Store

/// What a command works on, opened when first needed.
final class Engine {
    let console: Console
    /// Monotonic nanoseconds when the process began.
    let startedNanoseconds: Int64

    init(console: Console, startedNanoseconds: Int64) {
        self.console = console
        self.startedNanoseconds = startedNanoseconds
    }

    /// The whole command line, with the program's name.
    var words: [String] = []
    /// In a stage of the user's namespace: the ids there.
    var stageOwners: FileOwners?

    private var placesKept: StorePlaces?
    private var storeKept: StoreRoot?
    private var containersKept: ContainerStore?
    private(set) lazy var idMap = IdMapPlan.detect()

    var places: StorePlaces {
        get throws(Failure) {
            if let placesKept { return placesKept }
            let uid = Process.effectiveUserID
            let places = try StorePlaces.standard(Process.environment, uid: uid) { UserAccount.home(of: uid) }
            placesKept = places
            return places
        }
    }

    var store: StoreRoot {
        get throws(Failure) {
            if let storeKept { return storeKept }
            let store = try StoreRoot.open(path: places.data)
            storeKept = store
            return store
        }
    }

    var containers: ContainerStore {
        get throws(Failure) {
            if let containersKept { return containersKept }
            let containers = ContainerStore(try store)
            containersKept = containers
            return containers
        }
    }

    var images: ImageStore {
        get throws(Failure) { ImageStore(try store) }
    }

    var networks: NetworkStore {
        get throws(Failure) { NetworkStore(path: "\(try store.path)/\(StoreRoot.Area.networks.path)") }
    }

    /// Subnets that this host reaches already.
    func hostSubnets() throws(Failure) -> [IPSubnet] { Array(try HostSubnets.current()) }

    /// Says once, to a person, that this user has a single id.
    func noticeSingleOwner() {
        if case .single(_, _, let reason) = idMap, StandardStream.error.isTerminal {
            console.say("proa: \(reason): containers get a single id, every file of an image belongs to you")
        }
    }

    /// A full disk is told with its place and what is left there.
    func explained(_ failure: Failure) -> Failure { storeKept?.explainingSpace(failure) ?? failure }

    /// What a container goes without in this place.
    func notice(_ text: String) { console.say("proa: \(text)") }

    /// Damage of one thing is told and does not hide the others.
    func noticeDamage(_ failure: Failure) { console.say("WARNING: \(failure.message)") }

    /// Runs `body` for each operand, reports every failure, and answers the exit code of the whole.
    /// - Parameter failed: is told the operands that failed.
    func forEach(
        _ operands: [String], failed: (String) -> Void = { _ in }, _ body: (String) throws(Failure) -> Void
    ) -> Int32 {
        var code = ExitCode.success
        for operand in operands {
            do throws(Failure) { try body(operand) } catch {
                console.report(explained(error))
                failed(operand)
                code = ExitCode.failure
            }
        }
        return code
    }
}
