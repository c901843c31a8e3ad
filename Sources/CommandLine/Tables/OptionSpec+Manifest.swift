/// Options of `manifest`.
extension OptionSpec {
    package static let insecure = bool("insecure", "Let the registry be without TLS, or with an unknown certificate")
    package static let amend = bool("amend", short: "a", "Add to a list that is there already")
    package static let verbose = bool("verbose", short: "v", "Show the platform and the manifest of each image")
    package static let purge = bool("purge", short: "p", "Remove the local list after the push")
    package static let annotateArchitecture = string("arch", "Processor")
    package static let annotateOS = string("os", "Operating system")
    package static let annotateOSFeatures = csvList("os-features", "Features of the operating system")
    package static let annotateOSVersion = string("os-version", "Version of the operating system")
    package static let annotateVariant = string("variant", "Variant of the processor")
}
