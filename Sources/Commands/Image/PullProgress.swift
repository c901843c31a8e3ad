import Images
import LinuxSys
import Primitives

/// What a pull shows, as docker.
final class PullProgress: Sendable {
    private let mode: PullMode
    private let reference: ImageReference
    let lines: LayerLines

    init(mode: PullMode, style: ProgressStyle, reference: ImageReference) {
        self.mode = mode
        self.reference = reference
        let isSilent = mode == .quiet || mode == .silent
        lines = LayerLines(isSilent ? .none : style, on: mode == .onStandardError || mode == .silent ? .error : .output)
    }

    func begin(_ reference: ImageReference) {
        lines.line("\(reference.tag ?? reference.digest?.description ?? ""): Pulling from \(reference.familiarPath)")
    }

    func notice(_ text: String) {
        do throws(Failure) { try StandardStream.error.write("\(text)\n") } catch {}
    }

    func show(_ event: PullEvent) {
        switch event {
        case .layers(let names): lines.begin(names, "Pulling fs layer")
        case .exists(let layer): lines.set(layer, "Already exists")
        case .waiting: break
        case .downloading(let layer, let bytes, let total): lines.step(layer, "Downloading", bytes: bytes, total: total)
        case .downloaded(let layer): lines.set(layer, "Download complete")
        case .complete(let layer): lines.set(layer, "Pull complete")
        case .notice(let text): notice(text)
        }
    }

    func digest(_ pulled: PulledImage) { lines.line("Digest: \(pulled.digest)") }

    /// - Parameter shown: what the status names: with `--all-tags` the repository.
    func end(isUpToDate: Bool, shown: String) {
        lines.line("Status: \(isUpToDate ? "Image is up to date for" : "Downloaded newer image for") \(shown)")
        guard mode == .onStandardOutput || mode == .quiet, !lines.isJSON else { return }
        do throws(Failure) { try StandardStream.output.write(reference.canonical + "\n") } catch {}
    }
}
