import CommandLine
import Images
import Layers
import Primitives
import Store

/// `image diff A B`: what changes from A to B. With one image: what its last layer changes.
struct ImageDiffCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let asJSON = try TreeFormat.isJSON(options)
        let images = try engine.images
        var chains: [[Digest]] = []
        for operand in operands { chains.append(try images.image(try images.find(operand), withNames: false).record.diffIDs) }
        if chains.count == 1 { chains.insert(Array(chains[0].dropLast()), at: 0) }
        let (old, new) = (chains[0], chains[1])
        return try engine.asOwner { (owners) throws(Failure) in
            let stack = LayerStack(store: try engine.store, owners: owners)
            var changes: [TreeChange] = []
            try TreeComparison(from: try stack.tree(old), to: try stack.tree(new)).run { changes.append($0) }
            if asJSON {
                try engine.console.line(document(changes).compact())
            } else {
                var text = ""
                for change in changes { text += "\(change.kind.letter) \(TreeFormat.shown(change.path))\n" }
                try engine.console.data(text)
            }
            return ExitCode.success
        }
    }

    private func document(_ changes: [TreeChange]) -> JSON {
        var out = JSONObject()
        for (kind, key) in [(TreeChange.Kind.changed, "changed"), (.added, "added"), (.deleted, "deleted")] {
            let paths = changes.filter { $0.kind == kind }.map { "/" + String(decoding: $0.path, as: UTF8.self) }
            if !paths.isEmpty { out[key] = .strings(paths) }
        }
        return .object(out)
    }
}

/// Layers of the store, laid on each other.
struct LayerStack {
    let store: StoreRoot
    let owners: FileOwners

    /// - Parameter diffIDs: lowest first; none is an empty tree.
    func tree(_ diffIDs: [Digest]) throws(Failure) -> MergedTree {
        let layers = LayerStore(store, singleOwner: owners == .single)
        if diffIDs.isEmpty { return try MergedTree(["\(store.path)/\(try layers.empty())"]) }
        return try MergedTree(try layers.paths(diffIDs, in: store))
    }
}

/// How paths and changes are shown.
enum TreeFormat {
    static func isJSON(_ options: ParsedOptions) throws(Failure) -> Bool {
        let format = options.string(.treeFormat)
        guard ["", "json"].contains(format) else { throw Failure(.invalid, "unknown format \"\(format)\": only \"json\" exists") }
        return format == "json"
    }

    /// An absolute path for a terminal: what could move the cursor or hide text is shown as `\xHH`.
    static func shown(_ path: [UInt8]) -> String {
        var out = "/"
        for scalar in String(decoding: path, as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                for byte in String(scalar).utf8 { out += "\\x" + hexadecimal([byte]) }
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

extension TreeChange.Kind {
    var letter: String {
        switch self {
        case .added: "A"
        case .changed: "C"
        case .deleted: "D"
        }
    }
}
