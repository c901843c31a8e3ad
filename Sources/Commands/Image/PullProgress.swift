import Images
import LinuxSys
import Primitives
import Synchronization

/// What a pull shows: one line per layer that is redrawn on a terminal, plain lines elsewhere, as docker.
final class PullProgress: Sendable {
    private struct State: Sendable {
        /// Layer to its row, from the top.
        var rows: [String: Int] = [:]
        var texts: [String] = []
        var drawnAt: Int64 = 0
        /// Rows are redrawn in place: on a terminal that shows all of them.
        var redraws = false
    }

    private let mode: PullMode
    private let reference: ImageReference
    private let stream: StandardStream
    private let isTerminal: Bool
    private let state = Mutex(State())

    init(mode: PullMode, reference: ImageReference) {
        self.mode = mode
        self.reference = reference
        stream = mode == .onStandardError || mode == .silent ? .error : .output
        isTerminal = stream.isTerminal
    }

    private var isSilent: Bool { mode == .quiet || mode == .silent }

    /// Progress is best effort: a reader that went away must not end the pull.
    private func write(_ text: String) {
        do throws(Failure) { try stream.write(text) } catch {}
    }

    func begin() {
        if !isSilent { write("\(reference.tag ?? reference.digest?.description ?? ""): Pulling from \(reference.familiarPath)\n") }
    }

    func notice(_ text: String) {
        do throws(Failure) { try StandardStream.error.write("\(text)\n") } catch {}
    }

    func show(_ event: PullEvent) {
        if case .notice(let text) = event { return notice(text) }
        if isSilent { return }
        state.withLock { state in
            switch event {
            case .layers(let names):
                state.redraws = isTerminal && names.count < Int(Terminal.size(stream.raw)?.rows ?? 0)
                for name in names where state.rows[name] == nil {
                    state.rows[name] = state.texts.count
                    state.texts.append("Pulling fs layer")
                    write("\(name): Pulling fs layer\n")
                }
            case .exists(let layer): set(layer, "Already exists", &state)
            case .waiting: break
            case .downloading(let layer, let bytes, let total):
                if state.redraws { set(layer, "Downloading  \(Self.bar(bytes, total))", &state, isStep: true) }
            case .downloaded(let layer): set(layer, "Download complete", &state)
            case .complete(let layer): set(layer, "Pull complete", &state)
            case .notice: break
            }
        }
    }

    private func set(_ layer: String, _ text: String, _ state: inout State, isStep: Bool = false) {
        guard let row = state.rows[layer] else { return }
        state.texts[row] = text
        guard state.redraws else { return write("\(layer): \(text)\n") }
        // Ten pictures a second are enough for bars.
        let now = Clock.monotonicNanoseconds()
        if isStep, now - state.drawnAt < 100_000_000 { return }
        state.drawnAt = now
        let up = state.texts.count - row
        write("\u{1B}[\(up)A\r\u{1B}[2K\(layer): \(text)\r\u{1B}[\(up)B")
    }

    private static func bar(_ bytes: UInt64, _ total: UInt64) -> String {
        let share = total == 0 ? 50 : Int(min(bytes, total) * 50 / total)
        return "[\(String(repeating: "=", count: share))>\(String(repeating: " ", count: 50 - share))]  "
            + "\(ByteSize.decimal(Int64(clamping: bytes), digits: 4))/\(ByteSize.decimal(Int64(clamping: total), digits: 4))"
    }

    func end(_ pulled: PulledImage) {
        switch mode {
        case .silent: break
        case .quiet: write(reference.canonical + "\n")
        case .onStandardOutput, .onStandardError:
            let status = pulled.isUpToDate ? "Image is up to date for" : "Downloaded newer image for"
            write("Digest: \(pulled.digest)\nStatus: \(status) \(reference.familiar)\n")
            if mode == .onStandardOutput { write(reference.canonical + "\n") }
        }
    }
}
