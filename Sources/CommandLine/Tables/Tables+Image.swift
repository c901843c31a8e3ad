extension Tables {
    /// Commands of `image`, in the order of its help.
    static let images: [CommandForm] = [
        CommandForm(
            .imageHistory, "history", noun: "image", "Show the steps an image was made in",
            usage: "[OPTIONS] IMAGE", 1...1, [.format, .human, .noTrunc, .platform, .quietIDs], completes: .images),
        CommandForm(
            .imageInspect, nil, noun: "image", words: ["inspect"], "Show everything about images",
            usage: "[OPTIONS] IMAGE [IMAGE...]", 1..., [.formatLetter, .platform], completes: .images),
        CommandForm(
            .imageList, "images", noun: "image", words: ["ls", "list"], "List images",
            usage: "[OPTIONS] [REPOSITORY[:TAG]]", 0...1,
            [.allImages, .digests, .filter, .format, .noTrunc, .quietIDs, .tree], category: .common,
            completes: .images),
        CommandForm(
            .imagePrune, nil, noun: "image", words: ["prune"], "Remove images that nothing uses",
            usage: "[OPTIONS]", 0...0, [.allUnused, .dryRun, .filterLong, .force]),
        CommandForm(
            .imagePull, "pull", noun: "image", "Fetch an image from a registry",
            usage: "[OPTIONS] NAME[:TAG|@DIGEST]", 1...1, [.allTags, .contentTrust, .platform, .progress, .quiet],
            category: .common, completes: .images),
        CommandForm(
            .imagePush, "push", noun: "image", "Send an image to a registry",
            usage: "[OPTIONS] NAME[:TAG]", 1...1,
            [.allTagsPush, .compressionFormat, .compressionLevel, .contentTrust, .platform, .progress, .quietPush],
            category: .common, completes: .images),
        CommandForm(
            .imageReferrers, nil, noun: "image", words: ["referrers"], "List what is attached to an image: signatures, lists of contents",
            usage: "[OPTIONS] NAME[:TAG|@DIGEST]", 1...1, [.artifactType, .format, .platform, .quietDigests], completes: .images),
        CommandForm(
            .imageRemove, "rmi", noun: "image", words: ["rm", "remove"], "Remove images",
            usage: "[OPTIONS] IMAGE [IMAGE...]", 1..., [.forceImage, .noPrune, .platforms], completes: .images),
        CommandForm(
            .imageTag, "tag", noun: "image", "Give an image another name",
            usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", 2...2, completes: .images
        ).optionsEndAtFirstOperand(),
    ]
}
