import CommandLine
import Images
import LinuxSys
import OCI
import Primitives
import Store

/// From an image's name on a command line to an image of the store, pulled where the policy says so.
struct ImageResolver {
    let engine: Engine
    let global: ParsedOptions

    static func check(pull: String) throws(Failure) {
        guard ["missing", "always", "never", ""].contains(pull) else {
            throw Failure(.invalid, "invalid pull option: '\(pull)': must be one of \"always\", \"missing\" or \"never\"")
        }
    }

    /// - Parameter pull: `missing`, `always` or `never`.
    func resolve(_ text: String, pull: String, platform: String, quiet: Bool, lease: Lease) throws(Failure) -> Digest {
        let store = try engine.store
        if let name = try? ImageReference(text), name.domain == BuiltinHello.domain {
            guard name.canonical == BuiltinHello.name else {
                throw Failure(.notFound, "there is no built-in image \"\(text)\": the only one is proa.builtin/hello")
            }
            return try BuiltinHello.install(store, singleOwner: engine.idMap.isSingleOwner)
        }
        let images = ImageStore(store)
        if pull != "always" {
            do throws(Failure) {
                let id = try images.find(text)
                let image = try images.image(id, withNames: false)
                try lease.protect(image.record.blobs + image.record.diffIDs)
                if try fits(image, platform) {
                    guard let diffID = try missingLayer(image) else {
                        try prove(image, text, images)
                        return id
                    }
                    if pull == "never" || id.hex.hasPrefix(text) { throw try notUnpacked(diffID, text) }
                }
            } catch {
                if error.kind != .notFound || pull == "never" { throw error }
            }
        }
        // 64 hexadecimal digits are an id, which no registry knows.
        let reference = try RegistryAccess(global).reference(text)
        if pull == "never" { throw ImageStore.notFound(reference.familiar) }
        if pull != "always" { engine.console.say("Unable to find image '\(reference.familiar)' locally") }
        let code = try PullLauncher(engine: engine, global: global).pull(
            reference, platform: platform, mode: quiet ? .silent : .onStandardError)
        guard code == 0 else { throw PullLauncher.alreadyReported }
        return try images.find(text)
    }

    private func prove(_ image: StoredImage, _ text: String, _ images: ImageStore) throws(Failure) {
        let access = RegistryAccess(global)
        let policy = try access.policy
        if policy.acceptsEverything { return }
        // An id is no name; a name may be an alias, or one that was given here.
        let name = ImageReference.isIdentifier(text) ? nil : try? access.reference(text)
        let isOrigin = name.map { name in image.record.repositoryDigests.contains { $0.hasPrefix("\(name.name)@") } } ?? false
        try images.prove(image.record, as: isOrigin ? name : nil, policy)
    }

    private func fits(_ image: StoredImage, _ platform: String) throws(Failure) -> Bool {
        if platform.isEmpty { return true }
        let host = Platform(os: "linux", architecture: Host.machine)
        return try Platform.parse(platform, host: host).rank(of: image.config.platform) != nil
    }

    /// An image pulled before this user had subordinate ids (or after they went) is unpacked again.
    private func missingLayer(_ image: StoredImage) throws(Failure) -> Digest? {
        let layers = LayerStore(try engine.store, singleOwner: engine.idMap.isSingleOwner)
        for diffID in image.record.diffIDs where try !layers.contains(diffID) { return diffID }
        return nil
    }

    private func notUnpacked(_ diffID: Digest, _ image: String) throws(Failure) -> Failure {
        let layers = LayerStore(try engine.store, singleOwner: engine.idMap.isSingleOwner)
        let reason = try layers.obstacle(diffID).map { ": \($0)" } ?? ""
        return Failure(
            .conflict, "layer \(diffID.short) of image \"\(image)\" is not unpacked for this user\(reason)",
            hint: "pull the image by its name")
    }
}
