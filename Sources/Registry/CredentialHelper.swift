internal import LinuxSys
package import Primitives

/// A program that keeps credentials in the user's key ring: `docker-credential-NAME`. It is asked with one word, gets
/// one text and answers with one. Spec: docker-credential-helpers, "Development".
package struct CredentialHelper: Sendable {
    static let answerBytesMax = 256 << 10
    static let userBytesMax = 4096
    static let secretBytesMax = 64 << 10
    /// As a user name: the secret is an identity token.
    static let tokenUser = "<token>"

    let program: String
    /// How long it may take: it may be asking the user for the key ring's password.
    let timeoutMilliseconds: Int64

    /// - Throws: `.invalid` for a name that is no plain word: it becomes a program's name.
    package init(_ name: String, timeoutMilliseconds: Int64 = 60_000) throws(Failure) {
        let isWord = name.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || [0x2D, 0x2E, 0x5F].contains($0) }
        guard isWord, (1...64).contains(name.utf8.count) else {
            throw Failure(.invalid, "credential helper \(Shown.quoted(name)): no usable name of a program")
        }
        program = "docker-credential-\(name)"
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// - Parameter program: a path.
    init(program: String, timeoutMilliseconds: Int64) { (self.program, self.timeoutMilliseconds) = (program, timeoutMilliseconds) }

    /// - Parameter server: as docker names it: a host, or `https://index.docker.io/v1/`.
    /// - Returns: `nil` when it has none.
    /// - Throws: `.notFound` without the program, `.unavailable` when it hangs or fails, `.corrupt` for what is no credential.
    package func get(_ server: String) throws(Failure) -> RegistryCredential? {
        let answer = try ask("get", Array(server.utf8))
        guard answer.status == 0 else {
            let words = Self.words(answer.output)
            if words.hasPrefix("credentials not found") || words.hasPrefix("no credentials ") { return nil }
            throw failed("get", answer.status, words)
        }
        return try parse(answer.output)
    }

    package func store(_ credential: RegistryCredential, for server: String) throws(Failure) {
        let json: JSON =
            switch credential {
            case .password(let user, let password): ["ServerURL": .string(server), "Username": .string(user), "Secret": .string(password)]
            case .identityToken(let token):
                ["ServerURL": .string(server), "Username": .string(Self.tokenUser), "Secret": .string(token)]
            }
        let answer = try ask("store", json.bytes)
        if answer.status != 0 { throw failed("store", answer.status, Shown.text(Self.words(answer.output), hiding: credential.secrets)) }
    }

    package func erase(_ server: String) throws(Failure) {
        let answer = try ask("erase", Array(server.utf8))
        let words = Self.words(answer.output)
        if answer.status != 0, !words.hasPrefix("credentials not found") { throw failed("erase", answer.status, words) }
    }

    private func ask(_ word: String, _ input: [UInt8]) throws(Failure) -> HostProgram.Answer {
        do throws(Failure) {
            return try HostProgram.run(
                program, [word], input: input, outputBytesMax: Self.answerBytesMax, timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            throw error.within("credential helper").hinting("it is named by credsStore or credHelpers in docker's config.json")
        }
    }

    /// The answer is a secret: no part of it may stand in a message.
    private func parse(_ output: [UInt8]) throws(Failure) -> RegistryCredential? {
        guard let json = try? JSON.parse(output), json.object != nil, let user = json["Username"]?.string,
            let secret = json["Secret"]?.string,
            user.utf8.count <= Self.userBytesMax, secret.utf8.count <= Self.secretBytesMax,
            user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), secret.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw Failure(.corrupt, "credential helper \"\(program)\": its answer is no credential") }
        if user.isEmpty, secret.isEmpty { return nil }
        return user == Self.tokenUser ? .identityToken(secret) : .password(user: user, password: secret)
    }

    private static func words(_ output: [UInt8]) -> String {
        Shown.text(String(decoding: output.prefix(1000).reversed().drop { $0 <= 0x20 }.reversed(), as: UTF8.self))
    }

    private func failed(_ word: String, _ status: Int32, _ words: String) -> Failure {
        Failure(.unavailable, "credential helper \"\(program) \(word)\" ended with \(status)\(words.isEmpty ? "" : ": \(words)")")
    }
}
