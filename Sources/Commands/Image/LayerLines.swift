import LinuxSys
import Primitives
import Synchronization

/// How the progress of a pull or a push is shown.
enum ProgressStyle: String {
    /// One line per layer that is redrawn on a terminal, plain lines elsewhere.
    case auto
    /// Plain lines.
    case plain
    /// Redrawn lines.
    case tty
    /// One JSON object a line, as in the streams of docker's API.
    case json
    /// Nothing.
    case none

    static let words = ["auto", "plain", "tty", "json", "none"]

    /// - Throws: `.invalid` naming the choices.
    static func parse(_ text: String) throws(Failure) -> ProgressStyle {
        guard let style = ProgressStyle(rawValue: text) else {
            throw Failure(.invalid, "invalid progress '\(text)': must be one of \(words.map { "\"\($0)\"" }.joined(separator: ", "))")
        }
        return style
    }
}

/// One line per layer and what happens to it. Progress is best effort: a reader that went away must not end the work.
final class LayerLines: Sendable {
    private struct State: Sendable {
        /// Layer to its row, from the top.
        var rows: [String: Int] = [:]
        var texts: [String] = []
        var drawnAt: Int64 = 0
        var toldAt: [String: Int64] = [:]
        /// Rows are redrawn in place: on a terminal that shows all of them.
        var redraws = false
    }

    private let style: ProgressStyle
    private let stream: StandardStream
    private let state = Mutex(State())

    init(_ style: ProgressStyle, on stream: StandardStream) {
        self.style = style == .auto ? (stream.isTerminal ? .tty : .plain) : style
        self.stream = stream
    }

    var isSilent: Bool { style == .none }
    var isJSON: Bool { style == .json }

    private func write(_ text: String) {
        do throws(Failure) { try stream.write(text) } catch {}
    }

    /// A line that belongs to no layer.
    func line(_ text: String) {
        switch style {
        case .none: break
        case .json: object(["status": .string(text)])
        case .auto, .plain, .tty: write(text + "\n")
        }
    }

    /// A line of JSON, for programs only.
    func object(_ json: JSON) { if style == .json { write(json.compact() + "\n") } }

    /// New rows, each with the same text.
    func begin(_ layers: [String], _ text: String) {
        if isSilent { return }
        state.withLock { state in
            state.rows = [:]
            state.texts = []
            state.redraws = style == .tty && layers.count < Int(Terminal.size(stream.raw)?.rows ?? 0)
            for layer in layers where state.rows[layer] == nil {
                state.rows[layer] = state.texts.count
                state.texts.append(text)
                if style == .json { object(["status": .string(text), "id": .string(layer)]) } else { write("\(layer): \(text)\n") }
            }
        }
    }

    func set(_ layer: String, _ text: String) {
        if isSilent { return }
        state.withLock { state in
            guard state.rows[layer] != nil else { return }
            if style == .json { object(["status": .string(text), "id": .string(layer)]) } else { draw(layer, text, &state, isStep: false) }
        }
    }

    /// Bytes on their way: a bar on a terminal, nothing on plain lines.
    func step(_ layer: String, _ verb: String, bytes: UInt64, total: UInt64) {
        if isSilent || style == .plain { return }
        state.withLock { state in
            guard style == .json else {
                if state.redraws { draw(layer, "\(verb)  \(Self.bar(bytes, total))", &state, isStep: true) }
                return
            }
            let now = Clock.monotonicNanoseconds()
            guard bytes == total || now - (state.toldAt[layer] ?? 0) >= 100_000_000 else { return }
            state.toldAt[layer] = now
            object([
                "status": .string(verb), "id": .string(layer),
                "progressDetail": ["current": .int(Int64(clamping: bytes)), "total": .int(Int64(clamping: total))],
            ])
        }
    }

    private func draw(_ layer: String, _ text: String, _ state: inout State, isStep: Bool) {
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
}
