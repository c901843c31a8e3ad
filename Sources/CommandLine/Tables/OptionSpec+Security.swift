/// Options of `run` and `create` about rights and namespaces.
extension OptionSpec {
    package static let capAdd = list("cap-add", "Give a capability, or ALL")
    package static let capDrop = list("cap-drop", "Take a capability away, or ALL")
    package static let cgroupns = string("cgroupns", "Cgroup namespace: \"private\" or \"host\"")
        .only("private", "host", otherwise: "only \"private\" and \"host\" exist")
    package static let groupAdd = list("group-add", "Further group of the user, by name or GID; \"keep-groups\": those of the caller")
    package static let ipc = string("ipc", "IPC namespace: \"private\", \"shareable\", \"none\" or \"host\"")
        .only(
            "private", "shareable", "none", "host",
            otherwise: "joining another container's namespace comes with a later release")
    package static let privileged = bool("privileged", "Give every right the caller has, and every device")
    package static let securityOpt = list("security-opt", "Security setting: seccomp=FILE, no-new-privileges, …")
    package static let sysctl = map("sysctl", check: .sysctl, "Kernel setting of the container: KEY=VALUE")
    package static let userns = string(
        "userns", "User namespace: \"host\", \"keep-id[:uid=N,gid=N]\", \"nomap\" or \"auto[:size=N]\"")
    package static let uidmap = csvList("uidmap", "Users of the container: [+ug]INSIDE:[@]OUTSIDE[:COUNT]; 0 outside is the caller")
    package static let gidmap = csvList("gidmap", "Groups of the container, as --uidmap")
    package static let subuidname = string("subuidname", "Name whose ranges in /etc/subuid the container's users have")
    package static let subgidname = string("subgidname", "Name whose ranges in /etc/subgid the container's groups have")
        .only("private", "host", otherwise: "other user namespaces come with a later release")
    package static let useAPISocket = bool("use-api-socket", "Put the engine's socket into the container").hidden()
        .notYet("there is no engine's socket to hand over")
    static let contentTrust = bool("disable-content-trust", default: true, "Don't check signatures").hidden()
        .notYet("signatures of images are not checked")

    static let security = [
        capAdd, capDrop, cgroupns, gidmap, groupAdd, ipc, privileged, securityOpt, subgidname, subuidname, sysctl, uidmap, userns,
        useAPISocket, contentTrust,
    ].grouped(.security)
}
