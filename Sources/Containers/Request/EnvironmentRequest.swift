package import Primitives

/// The variables the user asked for: those of `--env-file` in order, then those of `-e`. Of one name the last value
/// counts, at the place where the name came first.
package struct EnvironmentRequest: Equatable, Sendable {
    package struct File: Equatable, Sendable {
        package let name: String
        package let content: [UInt8]
        package init(name: String, content: [UInt8]) {
            self.name = name
            self.content = content
        }
    }

    /// A nil value takes the variable away: `-e NAME` where the caller has no such variable.
    private var entries: [(name: String, value: String?)] = []
    private var places: [String: Int] = [:]

    /// - Parameter caller: the value of a variable of the caller, for names without one.
    /// - Throws: `.invalid` with docker's texts.
    package init(files: [File] = [], values: [String] = [], caller: (String) -> String?) throws(Failure) {
        for file in files {
            for (name, value) in try KeyValueFile.parse(file.content, name: file.name) {
                // A name alone in a file asks for the caller's value and is nothing without one.
                if let value = value ?? caller(name) { set(name, value) }
            }
        }
        for text in values {
            let (name, value) = text.cut("=")
            guard !name.isEmpty, !text.utf8.contains(0) else {
                throw Failure(.invalid, "invalid environment variable: \(text)")
            }
            set(name, value ?? caller(name))
        }
    }

    /// docker's `Config.Env`: the user's variables, then those of the image that the user did not name. What could not
    /// be a variable is left out of an image's.
    package func merged(image: [String]) -> [String] {
        assignments
            + image.filter { variable in
                let (name, value) = variable.cut("=")
                return places[name] == nil && !name.isEmpty && value != nil && !variable.utf8.contains(0)
            }
    }

    /// `variables` with the user's values in their places, new ones at the end, unset ones gone.
    package func applied(to variables: [String]) -> [String] {
        var known: Set<String> = []
        var result: [String] = []
        for variable in variables {
            let name = variable.cut("=").head
            guard let place = places[name] else {
                result.append(variable)
                continue
            }
            if known.insert(name).inserted, let value = entries[place].value { result.append(name + "=" + value) }
        }
        for entry in entries where !known.contains(entry.name) {
            if let value = entry.value { result.append(entry.name + "=" + value) }
        }
        return result
    }

    /// `NAME=VALUE` each.
    package var assignments: [String] { entries.compactMap { entry in entry.value.map { entry.name + "=" + $0 } } }
    /// Names the container must not have.
    package var removedNames: [String] { entries.filter { $0.value == nil }.map(\.name) }

    private mutating func set(_ name: String, _ value: String?) {
        if let place = places[name] {
            entries[place].value = value
        } else {
            places[name] = entries.count
            entries.append((name, value))
        }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.name == $1.name && $0.value == $1.value }
    }
}
