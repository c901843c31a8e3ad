import Primitives
import Templates

/// Rows of a list command on standard output. Mistakes in a template are docker's client's to tell.
enum ListOutput {
    static func show(_ rows: [JSON], _ format: String, _ listing: ListFormat.Listing, _ engine: Engine) -> Int32 {
        do throws(Failure) {
            try engine.console.data(try ListFormat(format).render(rows, listing))
            return ExitCode.success
        } catch {
            let prefix = "template parsing error: "
            guard error.kind == .invalid, error.message.hasPrefix(prefix) else {
                engine.console.report(error)
                return ExitCode.failure
            }
            let reason = error.message.dropFirst(prefix.utf8.count)
            let what = reason.contains(": executing ") ? "failed to execute template" : "failed to parse template"
            engine.console.reportPlain(Failure(.invalid, "\(what): \(reason)"))
            return ExitCode.failure
        }
    }
}
