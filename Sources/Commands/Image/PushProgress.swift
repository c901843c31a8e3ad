import Images
import LinuxSys
import Primitives

/// What a push shows, as docker.
final class PushProgress: Sendable {
    let lines: LayerLines

    init(_ style: ProgressStyle) { lines = LayerLines(style, on: .output) }

    func show(_ event: PushEvent) {
        switch event {
        case .layers(let names): lines.begin(names, "Preparing")
        case .exists(let layer): lines.set(layer, "Layer already exists")
        case .mounted(let layer, let source): lines.set(layer, "Mounted from \(source)")
        case .pushing(let layer, let bytes, let total): lines.step(layer, "Pushing", bytes: bytes, total: total)
        case .pushed(let layer): lines.set(layer, "Pushed")
        case .notice(let text): do throws(Failure) { try StandardStream.error.write("\(text)\n") } catch {}
        }
    }

    func end(_ reference: ImageReference, _ pushed: PushedImage) {
        let tag = reference.tag ?? ""
        lines.line("\(tag): digest: \(pushed.digest) size: \(pushed.sizeBytes)")
        lines.object(["aux": ["Tag": .string(tag), "Digest": .string(pushed.digest.description), "Size": .int(Int64(pushed.sizeBytes))]])
    }
}
