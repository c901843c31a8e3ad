package import LinuxSys
package import Primitives

/// Compiled filters as files: compiling takes milliseconds, reading one back a tenth of that.
package enum SeccompFilterCache {
    /// Changes with the way profiles are compiled.
    static let formatVersion = 2
    /// More than this many are old: of kernels, profiles and capabilities that nobody uses any more.
    static let entriesMax = 64

    /// The filter for a container, `struct sock_filter[]`.
    /// - Parameter directory: the cache's own; only filters lie there.
    /// - Throws: what is wrong with the profile. A cache that cannot be read or written is no failure.
    package static func program(
        _ source: SeccompSource, capabilities: CapabilitySet, kernelRelease: String, in directory: borrowing Directory
    ) throws(Failure) -> [UInt8] {
        let name = entryName(source, capabilities, kernelRelease)
        if let program = read(name, in: directory) { return program }
        let program = try SeccompProgram.compile(
            source.profile(), capabilities: capabilities, kernelRelease: kernelRelease)
        // A full or read-only disk makes the next start slower, and nothing else.
        try? directory.writeFile(name, Array(SHA256.of(program).hex.utf8) + program, durable: false)
        forgetOld(but: name, in: directory)
        return program
    }

    /// The architecture is part of the name: one home directory may serve two machines.
    static func entryName(_ source: SeccompSource, _ capabilities: CapabilitySet, _ kernelRelease: String) -> String {
        let key = [
            String(formatVersion), source.key, String(capabilities.rawValue), kernelRelease, SeccompProfile.Rule.nativeArchitecture,
            String(SeccompProgram.compilerVersion),
        ]
        return SHA256.of(key.joined(separator: "\n")).hex
    }

    /// `nil` when the entry is missing, cut short or damaged: the file starts with the digest of the rest.
    private static func read(_ name: String, in directory: borrowing Directory) -> [UInt8]? {
        let limit = 64 + SeccompProgram.instructionsMax * SeccompProgram.instructionSizeBytes
        // Whatever keeps the entry from being read, compiling again is the answer.
        guard let bytes = try? directory.readFile(name, limit: limit) else { return nil }
        let program = Array(bytes.dropFirst(64))
        guard !program.isEmpty, program.count % SeccompProgram.instructionSizeBytes == 0,
            SHA256.of(program).hex.utf8.elementsEqual(bytes.prefix(64))
        else { return nil }
        return program
    }

    private static func forgetOld(but name: String, in directory: borrowing Directory) {
        // Cleaning up may fail; the next filter that is compiled tries again.
        guard let names = try? directory.names(), names.count > entriesMax else { return }
        for other in names where other != name { try? directory.remove(other) }
    }
}
