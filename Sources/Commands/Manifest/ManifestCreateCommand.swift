import CommandLine
import Images
import Primitives

/// `manifest create` and `manifest add`.
struct ManifestCreateCommand {
    let access: ManifestAccess

    func create(_ operands: [String]) -> Int32 {
        access.run { () throws(Failure) in
            let names = try references(operands)
            let lists = try access.lists(names)
            let before = try lists.read(names[0])
            if before != nil, !access.options.bool(.amend) {
                throw Failure(.conflict, "refusing to amend an existing manifest list with no --amend flag")
            }
            try add(names.dropFirst(), to: before ?? ManifestList(name: names[0]), lists)
            try access.engine.console.line("Created manifest list \(names[0].familiar)")
        }
    }

    func add(_ operands: [String]) -> Int32 {
        access.run { () throws(Failure) in
            let names = try references(operands)
            let lists = try access.lists(names)
            try add(names.dropFirst(), to: try lists.existing(names[0]), lists)
            try access.engine.console.line(names[0].familiar)
        }
    }

    private func references(_ texts: [String]) throws(Failure) -> [ImageReference] {
        var names: [ImageReference] = []
        for text in texts { names.append(try ImageReference(text)) }
        return names
    }

    /// Written once, when every image is known.
    private func add(_ names: ArraySlice<ImageReference>, to list: ManifestList, _ lists: ManifestLists) throws(Failure) {
        var list = list
        for name in names { list.add(try lists.entry(name)) }
        try lists.write(list)
    }
}
