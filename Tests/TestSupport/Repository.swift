/// The checkout that these tests were compiled in.
package enum Repository {
    /// Its absolute path, found from this file's: Tests/TestSupport/Repository.swift.
    package static let root: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()
}
