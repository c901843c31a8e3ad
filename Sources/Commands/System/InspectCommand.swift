import CommandLine
import Containers
import Images
import Primitives
import Templates

/// `inspect`, `container inspect` and `image inspect`.
struct InspectCommand {
    enum Kind { case container, image }
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String], kinds given: [Kind]? = nil) throws(Failure) -> Int32 {
        let format = options.stringIfSet(.format) ?? ""
        var template: Template?
        if !format.isEmpty, format != "json" {
            do throws(Failure) { template = try Template(parsing: format) } catch {
                engine.console.say(error.message)
                return ExitCode.badTemplate
            }
        }
        let kinds: [Kind]
        if let given { kinds = given } else { kinds = try wanted() }
        var documents: [JSON] = []
        var errors: [String] = []
        for operand in operands {
            guard let (kind, document) = try find(operand, kinds) else {
                errors.append(notFound(operand, given))
                continue
            }
            var shown = document
            if options.bool(.size), kind == .container, case .object(var object) = document {
                let id = document["Id"]?.string ?? ""
                object["SizeRw"] = .int(try engine.containers.writtenBytes(id))
                shown = .object(object)
            }
            if let template {
                let schema: Schema = kind == .container ? .container : .image
                do throws(Failure) {
                    try engine.console.line(try template.execute(on: shown, Template.Options(missingKey: .error, schema: schema)))
                } catch { errors.append(error.message) }
            } else {
                documents.append(shown)
            }
        }
        if template == nil {
            let list = JSON.array(documents)
            try engine.console.line(format == "json" ? list.compact() : list.pretty())
        }
        for error in errors { engine.console.say(error) }
        return errors.isEmpty ? ExitCode.success : ExitCode.failure
    }

    private func wanted() throws(Failure) -> [Kind] {
        switch options.stringIfSet(.type) ?? "" {
        case "": return [.container, .image]
        case "container": return [.container]
        case "image": return [.image]
        case let other: throw Failure(.invalid, "\"\(other)\" is not a valid value for --type")
        }
    }

    private func find(_ operand: String, _ kinds: [Kind]) throws(Failure) -> (Kind, JSON)? {
        for kind in kinds {
            do throws(Failure) {
                switch kind {
                case .container:
                    let containers = try engine.containers
                    return (kind, try containers.document(try containers.find(operand)))
                case .image:
                    let images = try engine.images
                    return (kind, try images.document(try images.find(operand)))
                }
            } catch {
                if error.kind != .notFound { throw error }
            }
        }
        return nil
    }

    private func notFound(_ operand: String, _ kinds: [Kind]?) -> String {
        switch kinds?.first {
        case .container: (engine.console.isDocker ? "Error response from daemon: " : "Error: ") + "No such container: \(operand)"
        case .image: (engine.console.isDocker ? "Error response from daemon: " : "Error: ") + "No such image: \(operand)"
        case nil: "Error: No such object: \(operand)"
        }
    }
}
