extension Tables {
    /// Commands of `image` that move whole images.
    static let archives: [CommandForm] = [
        CommandForm(
            .imageLoad, "load", noun: "image", "Take images out of an archive",
            usage: "[OPTIONS]", 0...0, [.input, .archivePlatforms, .quietLoad]),
        CommandForm(
            .imageSave, "save", noun: "image", "Put images into an archive",
            usage: "[OPTIONS] IMAGE [IMAGE...]", 1..., [.output, .archivePlatforms, .archiveFormat], completes: .images),
    ]
}
