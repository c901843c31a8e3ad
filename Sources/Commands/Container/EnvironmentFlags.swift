import CommandLine
import Containers
import LinuxSys
import Primitives

/// `-e`, `--env-file`, `--label` and `--label-file`: the files are read here, the rules are the library's.
enum EnvironmentFlags {
    static func request(_ options: ParsedOptions) throws(Failure) -> EnvironmentRequest {
        try EnvironmentRequest(files: try files(options.strings(.envFile)), values: options.strings(.env), caller: Process.environment)
    }

    /// For `exec`: assignments to add.
    static func merged(_ options: ParsedOptions) throws(Failure) -> [String] { try request(options).assignments }

    static func labels(_ options: ParsedOptions) throws(Failure) -> [KeyValue] {
        try LabelRequest.parse(files: try files(options.strings(.labelFile)), values: options.strings(.label))
    }

    private static func files(_ paths: [String]) throws(Failure) -> [EnvironmentRequest.File] {
        var out: [EnvironmentRequest.File] = []
        for path in paths {
            do throws(Failure) { out.append(EnvironmentRequest.File(name: path, content: try HostFile.read(path))) } catch {
                if error.kind == .notFound { throw Failure(.notFound, "open \(path): no such file or directory") }
                throw error
            }
        }
        return out
    }
}
