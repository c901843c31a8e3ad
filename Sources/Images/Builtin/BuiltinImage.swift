/// The image `proa.builtin/hello`: one static program of a few kilobytes that greets and says what its container got.
/// It needs no network and no registry, so that a fresh installation can be tried at once.
package enum BuiltinImage {
    /// An ELF program, static and without libc. Its only argument is the environment variable `PROA_START_NS`
    /// (CLOCK_MONOTONIC in nanoseconds when the command began), from which it tells how long the start took.
    /// - Parameter architecture: as uname(2) or as an image's config names it.
    /// - Returns: `nil` for an architecture that the program was not made for.
    package static func program(for architecture: String) -> [UInt8]? {
        switch architecture {
        case "x86_64", "amd64": program_x86_64
        case "aarch64", "arm64": program_aarch64
        default: nil
        }
    }
}
