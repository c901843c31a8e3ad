extension Tables {
    /// Commands of `manifest`, in the order of its help.
    static let manifests: [CommandForm] = [
        CommandForm(
            .manifestAdd, nil, noun: "manifest", words: ["add"], "Add images to a local manifest list",
            usage: "[OPTIONS] MANIFEST_LIST MANIFEST [MANIFEST...]", 2..., [.insecure]),
        CommandForm(
            .manifestAnnotate, nil, noun: "manifest", words: ["annotate"], "Say what an image of a local manifest list is for",
            usage: "[OPTIONS] MANIFEST_LIST MANIFEST", 2...2,
            [.annotateArchitecture, .annotateOS, .annotateOSFeatures, .annotateOSVersion, .annotateVariant]),
        CommandForm(
            .manifestCreate, nil, noun: "manifest", words: ["create"], "Make a local manifest list, to be annotated and pushed",
            usage: "[OPTIONS] MANIFEST_LIST MANIFEST [MANIFEST...]", 2..., [.amend, .insecure]),
        CommandForm(
            .manifestInspect, nil, noun: "manifest", words: ["inspect"], "Show a manifest or a manifest list",
            usage: "[OPTIONS] [MANIFEST_LIST] MANIFEST", 1...2, [.insecure, .verbose]),
        CommandForm(
            .manifestPush, nil, noun: "manifest", words: ["push"], "Push a manifest list to a registry",
            usage: "[OPTIONS] MANIFEST_LIST", 1...1, [.insecure, .purge]),
        CommandForm(
            .manifestRemove, nil, noun: "manifest", words: ["rm"], "Remove local manifest lists",
            usage: "MANIFEST_LIST [MANIFEST_LIST...]", 1...),
    ]
}
