import CommandLine
import LinuxSys
import Primitives
import Registry

/// `login`: proves a credential at a registry and keeps it.
struct LoginCommand {
    let engine: Engine
    let options: ParsedOptions
    let global: ParsedOptions

    private static let passwordBytesMax = 64 << 10

    func run(_ operands: [String]) -> Int32 {
        let domain: String
        var given: (user: String, password: String)
        do throws(Failure) {
            domain = try CredentialEditor.domain(operands.first ?? "")
            given = try flags()
        } catch { return plain(error) }
        do throws(Failure) {
            let access = RegistryAccess(global)
            if given.user.isEmpty, given.password.isEmpty, let known = try existing(domain, access) {
                if let code = again(domain, known, access) { return code }
            }
            if given.user.isEmpty || given.password.isEmpty {
                guard StandardStream.input.isTerminal else {
                    return plain(Failure(.invalid, "Cannot perform an interactive login from a non TTY device"))
                }
                given = try ask(given, domain)
            }
            try prove(domain, given, access)
            try engine.console.line("Login Succeeded")
            return ExitCode.success
        } catch {
            engine.console.report(error)
            return ExitCode.failure
        }
    }

    private var notice: @Sendable (String) -> Void { { [console = engine.console] text in console.say(text) } }

    /// docker's client begins its own mistakes with `Error: ` in some places and with nothing in others.
    private func plain(_ failure: Failure) -> Int32 {
        if failure.message.hasPrefix("Cannot perform") {
            engine.console.say("Error: \(failure.message)")
        } else {
            engine.console.reportPlain(failure)
        }
        return ExitCode.failure
    }

    private func flags() throws(Failure) -> (user: String, password: String) {
        let (user, password) = (options.string(.username), options.string(.password))
        guard options.bool(.passwordStdin) else {
            if !password.isEmpty { engine.console.say("WARNING! Using --password via the CLI is insecure. Use --password-stdin.") }
            return (user, password)
        }
        if !password.isEmpty { throw Failure(.invalid, "conflicting options: cannot specify both --password and --password-stdin") }
        if user.isEmpty { throw Failure(.invalid, "the --password-stdin option requires --username to be set") }
        var bytes = try readInput()
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        if bytes.isEmpty { throw Failure(.invalid, "password is empty") }
        return (user, String(decoding: bytes, as: UTF8.self))
    }

    private func readInput() throws(Failure) -> [UInt8] {
        var out: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { buffer.deallocate() }
        while out.count <= Self.passwordBytesMax {
            let count = try StandardStream.input.read(buffer)
            if count == 0 { return out }
            out += buffer[..<count]
        }
        throw Failure(.invalid, "the password is longer than \(Self.passwordBytesMax) bytes")
    }

    private func existing(_ domain: String, _ access: RegistryAccess) throws(Failure) -> RegistryCredential? {
        do throws(Failure) { return try access.credentials.credential(domain: domain, path: "") } catch {
            // A helper that does not answer is no reason not to log in anew; a broken file is.
            if error.kind == .invalid { throw error }
            engine.console.say("WARNING: \(error.message)")
            return nil
        }
    }

    /// - Returns: the exit code; `nil` when the known credential is not good any more and another is to be asked for.
    private func again(_ domain: String, _ credential: RegistryCredential, _ access: RegistryAccess) -> Int32? {
        var user = ""
        if case .password(let name, _) = credential { user = " [Username: \(name)]" }
        engine.console.say(
            "Authenticating with existing credentials...\(user)\n\n Info -> To login with a different account, run '\(engine.console.program) logout' followed by '\(engine.console.program) login'\n\n"
        )
        do throws(Failure) {
            _ = try RegistryClient.login(domain, credential, settings: try access.settings(notice: notice))
            try engine.console.line("Login Succeeded")
            return ExitCode.success
        } catch {
            if error.kind == .denied, StandardStream.input.isTerminal {
                engine.console.say("Login did not succeed, error: \(error.message)")
                return nil
            }
            engine.console.report(error)
            return ExitCode.failure
        }
    }

    private func ask(_ given: (user: String, password: String), _ domain: String) throws(Failure) -> (user: String, password: String) {
        var (user, password) = given
        if user.isEmpty {
            try engine.console.data("Username: ")
            user = StandardStream.input.readLine() ?? ""
            if user.isEmpty { throw Failure(.invalid, "username is required") }
        }
        if password.isEmpty {
            // Before the prompt: who answers it at once must not be shown either.
            guard let silent = SilentTerminal(0) else { throw Failure(.invalid, "the password cannot be read from this terminal") }
            try engine.console.data("Password: ")
            password = StandardStream.input.readLine() ?? ""
            silent.hold()
            try engine.console.data("\n")
            if password.isEmpty { throw Failure(.invalid, "password is required") }
        }
        return (user, password)
    }

    private func prove(_ domain: String, _ given: (user: String, password: String), _ access: RegistryAccess) throws(Failure) {
        let password = RegistryCredential.password(user: given.user, password: given.password)
        let identity = try RegistryClient.login(domain, password, settings: try access.settings(notice: notice))
        let editor = try access.editor
        let isClear = try editor.store(identity.map { .identityToken($0) } ?? password, user: given.user, domain: domain)
        if isClear {
            engine.console.say(
                """

                WARNING! Your credentials are stored unencrypted in '\(editor.path)'.
                Configure a credential helper to remove this warning. See
                https://docs.docker.com/go/credential-store/

                """)
        }
    }
}
