extension Tables {
    /// Options that `run` and `create` share, by group.
    static let creation: [OptionSpec] =
        [
            .attach, .cidfile, .help.shown(), .interactive, .name, .platform, .pull, .quiet, .restart, .rm, .tty,
        ]
        + [
            OptionSpec.entrypoint, .runInit, .stopSignal, .stopTimeout, .user, .workdir, .pid, .runtime, .isolation,
        ].grouped(.process)
        + [OptionSpec.env, .envFile, .annotation, .label, .labelFile].grouped(.environment)
        + OptionSpec.files + OptionSpec.networking + OptionSpec.security + OptionSpec.resources
        + ([.noHealthcheck] + OptionSpec.health).grouped(.health)
        + [OptionSpec.logDriver, .logOpt].grouped(.logging)

    static let runCommand = CommandForm(
        .containerRun, "run", noun: "container", "Make a container from an image and start it",
        usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]", 1...,
        creation + [.detach, .detachKeys, .sigProxy], category: .common, completes: .images
    ).optionsEndAtFirstOperand()

    static let createCommand = CommandForm(
        .containerCreate, "create", noun: "container", "Make a container without starting it",
        usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]", 1..., creation, completes: .images
    ).optionsEndAtFirstOperand()
}
