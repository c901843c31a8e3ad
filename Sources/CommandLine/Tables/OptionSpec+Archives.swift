/// Options of commands that read and write archives.
extension OptionSpec {
    package static let output = string("output", short: "o", "File to write, in place of stdout").completing(.files)
    package static let input = string("input", short: "i", "Archive or directory to read, in place of stdin").completing(.files)
    package static let archivePlatforms = csvList("platform", "Only images for this platform: OS[/ARCH[/VARIANT]]")
    package static let change = list("change", short: "c", "Instruction of a Dockerfile for the image's configuration")
    package static let message = string("message", short: "m", "Comment in the image's history")
    package static let importPlatform = string("platform", "System and processor the files are for: OS[/ARCH[/VARIANT]]")
    package static let copyAll = bool("all", short: "a", "Copy every image of a list, and the list")
    package static let digestFile = string("digestfile", "File to write the digest of the copied manifest to").completing(.files)
    package static let treeFormat = string("format", "\"json\" for programs").completing(.words(["json"]))
    package static let treeFiles = bool("files", "Show every path that a layer changes")
    static let quietLoad = bool("quiet", short: "q", "Name only what was loaded")
    package static let keepOwners = bool("archive", short: "a", "Keep the owners of the files")
    package static let followLink = bool("follow-link", short: "L", "Copy what a symbolic link in SRC_PATH points to")
    package static let quietCopy = bool("quiet", short: "q", "Don't say what was copied")
    package static let archiveFormat = string(
        "format", default: "docker-archive", "Form: \"docker-archive\", \"oci-archive\", \"oci-dir\" or \"docker-dir\""
    ).completing(.words(["docker-archive", "oci-archive", "oci-dir", "docker-dir"]))
}
