import Primitives
import Templates

/// Rows of a list command on standard output. Mistakes in a template are docker's client's to tell.
enum ListOutput {
    /// - Parameter isPrechecked: docker's client looks at the template of this command before it asks for rows, with other words.
    static func show(
        _ rows: [JSON], _ format: String, _ listing: ListFormat.Listing, _ engine: Engine, isPrechecked: Bool = false
    ) -> Int32 {
        do throws(Failure) {
            try engine.console.data(try ListFormat(format).render(rows, listing))
            return ExitCode.success
        } catch {
            let prefix = "template parsing error: "
            guard error.kind == .invalid, error.message.hasPrefix(prefix) else {
                engine.console.report(error)
                return ExitCode.failure
            }
            guard isPrechecked else {
                engine.console.reportPlain(error)
                return ExitCode.failure
            }
            let reason = error.message.dropFirst(prefix.utf8.count)
            let what = reason.contains(": executing ") ? "failed to execute template" : "failed to parse template"
            engine.console.reportPlain(Failure(.invalid, "\(what): \(reason)"))
            return ExitCode.failure
        }
    }
}
