/// docker's exit codes, in one place.
enum ExitCode {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    /// A template of inspect, info or version that does not parse.
    static let badTemplate: Int32 = 64
    /// The engine could not do it (`run`, `create`, `exec`, wrong flags).
    static let engine: Int32 = 125
    /// The program cannot be executed.
    static let notExecutable: Int32 = 126
    /// The program is not there.
    static let notFound: Int32 = 127
}
