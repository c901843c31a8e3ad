import CommandLine
import Containers
import LinuxSys
import Primitives

/// `cp`: files into a container or out of it.
struct CopyCommand {
    let engine: Engine
    let options: ParsedOptions
    /// The running container's root for the second process: its id, and the number of a descriptor.
    private static let variable = "PROA_COPY"

    private enum Direction { case into, out }

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let (direction, request) = try request(operands)
            let copy = ContainerCopy(request)
            do throws(Failure) {
                if direction == .out { try copy.checkOutput() }
                return try self.copy(copy, direction, request)
            } catch {
                if copy.isLocalFailure { throw error }
                engine.console.report(engine.explained(error))
                return ExitCode.failure
            }
        } catch {
            engine.console.reportPlain(engine.explained(error))
            return ExitCode.failure
        }
    }

    /// Which side of the colon is a container: docker's rule.
    private func split(_ text: String) -> (container: String?, path: String) {
        let bytes = Array(text.utf8)
        guard bytes.first != UInt8(ascii: "/"), bytes.first != UInt8(ascii: "."), let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return (nil, text) }
        let path = String(decoding: bytes[(colon + 1)...], as: UTF8.self)
        return (colon == 0 ? nil : String(decoding: bytes[..<colon], as: UTF8.self), path)
    }

    private func request(_ operands: [String]) throws(Failure) -> (Direction, CopyRequest) {
        if operands[0].isEmpty { throw Failure(.invalid, "source can not be empty") }
        if operands[1].isEmpty { throw Failure(.invalid, "destination can not be empty") }
        let (source, destination) = (split(operands[0]), split(operands[1]))
        if source.container != nil, destination.container != nil {
            throw Failure(.invalid, "copying between containers is not supported")
        }
        guard let container = source.container ?? destination.container else {
            throw Failure(.invalid, "must specify at least one container source")
        }
        let direction: Direction = source.container == nil ? .into : .out
        let (inside, outside) = direction == .into ? (destination.path, source.path) : (source.path, destination.path)
        let here = SlashPath(try Process.workingDirectory())
        var request = CopyRequest(
            container: container, path: SlashPath(inside), hostPath: outside == "-" ? nil : SlashPath(outside).absolute(from: here))
        request.keepsOwners = options.bool(.keepOwners)
        request.followsLink = options.bool(.followLink)
        return (direction, request)
    }

    private func copy(_ copy: ContainerCopy, _ direction: Direction, _ request: CopyRequest) throws(Failure) -> Int32 {
        let containers = try engine.containers
        if let handed = Process.environment(Self.variable), engine.stageOwners != nil {
            let words = handed.split(separator: " ").map(String.init)
            var root: Directory?
            if words.count > 1, let raw = Int32(words[1]) { root = Directory(Descriptor(owning: raw), path: "/") }
            return try finish(copy, direction, request, id: words[0], root: root)
        }
        let id: String
        do throws(Failure) { id = try containers.find(request.container) } catch {
            let absence = error
            // docker looks at the caller's side first.
            _ =
                try direction == .into
                ? copy.into { () throws(Failure) in throw absence } : copy.out { () throws(Failure) in throw absence }
            return ExitCode.failure
        }
        let root = try containers.runningRoot(id)
        guard engine.idMap.needsUserNamespace else { return try finish(copy, direction, request, id: id, root: root) }
        var words = id
        if let root {
            try root.descriptor.stayOpenInPrograms()
            words += " \(root.raw)"
            let code = try engine.asOwner(environment: ["\(Self.variable)=\(words)"]) { (_) throws(Failure) in ExitCode.failure }
            _ = root.raw
            return code
        }
        return try engine.asOwner(environment: ["\(Self.variable)=\(words)"]) { (_) throws(Failure) in ExitCode.failure }
    }

    private func finish(
        _ copy: ContainerCopy, _ direction: Direction, _ request: CopyRequest, id: String, root: consuming Directory?
    ) throws(Failure) -> Int32 {
        let containers = try engine.containers
        let owners = engine.stageOwners ?? .all
        // A closure cannot consume what it captures.
        var kept: Directory? = root
        let open = { () throws(Failure) -> ContainerCopy.Target in
            try containers.copyTarget(
                id, root: kept.take(), idMap: engine.idMap, isMapped: owners != .all, singleOwner: owners == .single)
        }
        let result = try direction == .into ? copy.into(open) : copy.out(open)
        if result.skippedDevices > 0 { engine.notice("\(result.skippedDevices) device nodes were not copied") }
        let isQuiet = options.isSet(.quietCopy) ? options.bool(.quietCopy) : !StandardStream.output.isTerminal
        if !isQuiet, direction == .into || request.hostPath != nil {
            engine.console.say("Successfully copied \(ByteSize.decimal(Double(result.bytes))) to \(result.destination)")
        }
        return ExitCode.success
    }
}
