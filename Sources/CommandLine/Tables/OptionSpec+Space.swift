/// Options of commands that show and free disk space.
extension OptionSpec {
    package static let dryRun = bool("dry-run", "Show what would be removed, and remove nothing")
    package static let human = bool("human", short: "H", default: true, "Show sizes and times for people")
    package static let verboseUsage = bool("verbose", short: "v", "Show every image, container and part of the store")
    package static let pruneAll = bool("all", short: "a", "Remove every image that no container uses, not only those without a name")
    package static let pruneVolumes = bool("volumes", "Remove unnamed volumes that nothing uses too")
    package static let repair = bool("repair", "Fetch damaged blobs again from where they came, and unpack damaged layers again")
    package static let quickCheck = bool("quick", "Look only whether everything is there")
    package static let quietCheck = bool("quiet", short: "q", "Say nothing, tell by the exit code")
}
