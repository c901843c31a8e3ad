package import Primitives

/// Labels of `--label-file`, then of `--label`; of one key the last value counts.
package enum LabelRequest {
    /// - Throws: `.invalid` with docker's texts.
    package static func parse(files: [EnvironmentRequest.File] = [], values: [String]) throws(Failure) -> [KeyValue] {
        var labels: [KeyValue] = []
        var places: [String: Int] = [:]
        func set(_ label: KeyValue) {
            if let place = places[label.key] {
                labels[place] = label
            } else {
                places[label.key] = labels.count
                labels.append(label)
            }
        }
        for file in files {
            // A key alone counts for nothing in a file, as in docker.
            for (key, value) in try KeyValueFile.parse(file.content, name: file.name) {
                if let value { set(KeyValue(key, value)) }
            }
        }
        for text in values {
            let label = KeyValue(text)
            if label.key.isEmpty { throw Failure(.invalid, "invalid label '\(text)': empty name") }
            set(label)
        }
        return labels
    }

    /// Those of the image that `labels` does not name, then `labels`.
    package static func merged(image: [KeyValue], with labels: [KeyValue]) -> [KeyValue] {
        let keys = Set(labels.map(\.key))
        return image.filter { !keys.contains($0.key) } + labels
    }
}
