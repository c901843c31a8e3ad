extension Tables {
    /// Commands of `image` that move whole images.
    static let archives: [CommandForm] = [
        CommandForm(
            .imageCopy, nil, noun: "image", words: ["copy"],
            "Copy an image from one place to another",
            usage: "[OPTIONS] SOURCE DESTINATION", 2...2, [.copyAll, .digestFile, .archivePlatforms], completes: .images),
        CommandForm(
            .imageDiff, nil, noun: "image", words: ["diff"], "Show what changes from one image to another",
            usage: "[OPTIONS] IMAGE [IMAGE]", 1...2, [.treeFormat], completes: .images),
        CommandForm(
            .imageTree, nil, noun: "image", words: ["tree"], "Show what each layer of an image adds and removes",
            usage: "[OPTIONS] IMAGE", 1...1, [.treeFiles, .treeFormat, .noTrunc], completes: .images),
        CommandForm(
            .imageImport, "import", noun: "image", "Make an image out of an archive of files",
            usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]", 1..., [.change, .message, .importPlatform]),
        CommandForm(
            .imageLoad, "load", noun: "image", "Take images out of an archive",
            usage: "[OPTIONS]", 0...0, [.input, .archivePlatforms, .quietLoad]),
        CommandForm(
            .imageSave, "save", noun: "image", "Put images into an archive",
            usage: "[OPTIONS] IMAGE [IMAGE...]", 1..., [.output, .archivePlatforms, .archiveFormat], completes: .images),
    ]

    static let copy = CommandForm(
        .containerCopy, "cp", noun: "container", "Copy files into a container or out of it",
        usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH", 2...2,
        [.keepOwners, .followLink, .quietCopy], completes: .containers,
        details: """
            A directory is copied under its own name; with /. behind it, what it holds.
            "-" is a tar archive on stdin or stdout.
            """)

    static let export = CommandForm(
        .containerExport, "export", noun: "container", "Put a container's files into an archive",
        usage: "[OPTIONS] CONTAINER", 1...1, [.output], completes: .containers)
}
