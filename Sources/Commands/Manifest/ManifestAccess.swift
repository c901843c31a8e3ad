import CommandLine
import Images
import LinuxSys
import Primitives
import Registry

/// What all commands of `manifest` share.
struct ManifestAccess {
    let engine: Engine
    let options: ParsedOptions
    let global: ParsedOptions

    /// - Parameter references: with `--insecure`, their registries may be without TLS.
    func lists(_ references: [ImageReference]) throws(Failure) -> ManifestLists {
        let console = engine.console
        let access = RegistryAccess(global)
        var settings = try access.settings { console.say($0) }
        if options.bool(.insecure) {
            let list = [Process.environment("PROA_INSECURE_REGISTRIES") ?? ""] + references.map(\.domain)
            settings.insecure = try InsecureRegistries(list: list.joined(separator: ","))
        }
        return ManifestLists(
            try engine.store, client: RegistryClient(settings, credentials: access.credentials), cancellation: CancellationFlag())
    }

    /// docker's client does this work: its failures come without introduction.
    func run(_ body: () throws(Failure) -> Void) -> Int32 {
        do throws(Failure) {
            try body()
            return ExitCode.success
        } catch {
            engine.console.reportPlain(engine.explained(error))
            return ExitCode.failure
        }
    }
}

extension ManifestLists {
    func existing(_ name: ImageReference) throws(Failure) -> ManifestList {
        guard let list = try read(name) else { throw Self.notFound(name) }
        return list
    }
}
