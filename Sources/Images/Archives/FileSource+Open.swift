package import Layers
internal import LinuxSys
package import Primitives

extension FileSource {
    /// An archive or a stream, in whatever of the known forms.
    package static func open(_ archive: ArchiveFile) throws(Failure) -> FileSource { try detect(ArchivedFiles(archive: archive)) }

    /// An unpacked image layout, docker archive or `dir:` directory.
    package static func open(directory path: String) throws(Failure) -> FileSource { try detect(try DirectoryFiles(path: path)) }
}
