import CommandLine
import LinuxSys
import Primitives
import Registry

/// `logout`: forgets a registry's credential.
struct LogoutCommand {
    let engine: Engine
    let global: ParsedOptions

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let domain = try CredentialEditor.domain(operands.first ?? "")
        let access = RegistryAccess(global)
        try engine.console.line("Removing login credentials for \(CredentialEditor.server(domain))")
        try access.editor.erase(domain: domain) { failure in
            engine.console.say("WARNING: could not erase credentials:\n\(failure.message)")
        }
        // Another file may know one too, and pulls go on using it.
        let left = try? access.credentials.credential(domain: domain, path: "")
        if left != nil {
            engine.console.say("WARNING: another file still has a credential for \(domain): see REGISTRY_AUTH_FILE and podman's auth.json")
        }
        return ExitCode.success
    }
}
