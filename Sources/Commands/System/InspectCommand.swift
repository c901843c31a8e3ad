import CommandLine
import Containers
import Images
import Networks
import Primitives
import Store
import Templates

/// `inspect`, and that of containers, images, networks and volumes.
struct InspectCommand {
    enum Kind { case container, image, network, volume }
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
        if let given {
            kinds = given
        } else {
            do throws(Failure) { kinds = try wanted() } catch {
                engine.console.reportPlain(error)
                return ExitCode.failure
            }
        }
        var documents: [JSON] = []
        var errors: [String] = []
        var shownAny = false
        for operand in operands {
            guard let (kind, document) = try find(operand, kinds) else {
                errors.append(notFound(operand, kinds))
                continue
            }
            var shown = document
            if options.bool(.size), kind == .container, case .object(var object) = document {
                let id = document["Id"]?.string ?? ""
                object["SizeRw"] = .int(try engine.containers.writtenBytes(id))
                shown = .object(object)
            }
            if let template {
                let schema: Schema =
                    switch kind {
                    case .container: .container
                    case .image: .image
                    case .network: .network
                    case .volume: .volume
                    }
                var options = Template.Options(missingKey: .error, schema: schema)
                if kind == .volume { options.rowName = "volume.Volume" }
                do throws(Failure) {
                    try engine.console.line(try template.execute(on: shown, options))
                    shownAny = true
                } catch { errors.append(error.message) }
            } else {
                documents.append(shown)
            }
        }
        if template == nil {
            let list = JSON.array(documents)
            try engine.console.line(format == "json" ? list.compact() : list.pretty())
        }
        // docker ends its output with a newline, whatever came before it.
        if template != nil, !shownAny { try engine.console.line("") }
        for error in errors { engine.console.say(error) }
        return errors.isEmpty ? ExitCode.success : ExitCode.failure
    }

    private func wanted() throws(Failure) -> [Kind] {
        switch options.stringIfSet(.type) ?? "" {
        case "": return [.container, .image, .network, .volume]
        case "container": return [.container]
        case "image": return [.image]
        case "network": return [.network]
        case "volume": return [.volume]
        case let other:
            throw Failure(
                .invalid,
                "unknown type: \(JSON.string(other).compact()): must be one of \"config\", \"container\", \"image\", "
                    + "\"network\", \"node\", \"plugin\", \"secret\", \"service\", \"task\", \"volume\"")
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
                case .network:
                    let view = try engine.network(operand)
                    return (kind, view.document(users: try view.users(try engine.containers)))
                case .volume:
                    let volumes = try engine.containers.volumes
                    guard let volume = try volumes.find(operand) else { continue }
                    return (kind, volume.document(mountpoint: volumes.dataPath(volume.name)))
                }
            } catch {
                if error.kind != .notFound { throw error }
            }
        }
        return nil
    }

    private func notFound(_ operand: String, _ kinds: [Kind]) -> String {
        let introduction = engine.console.isDocker ? "Error response from daemon: " : "Error: "
        guard kinds.count == 1 else { return "Error: No such object: \(operand)" }
        return switch kinds[0] {
        case .container: introduction + "No such container: \(operand)"
        case .network: introduction + NetworkStore.notFound(operand).message
        case .volume: introduction + VolumeStore.notFound(operand).message
        case .image:
            introduction + "no such image: \(operand): " + ImageStore.notFound((try? ImageReference(operand).familiar) ?? operand).message
        }
    }
}
