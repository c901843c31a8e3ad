/// Options of the commands of `network`.
extension OptionSpec {
    package static let networkDriver = string(
        "driver", short: "d", default: "bridge", "Kind of the network: \"bridge\"; as root also \"macvlan\" or \"ipvlan\""
    ).completing(.words(["bridge", "ipvlan", "macvlan"]))
    package static let subnet = csvList("subnet", "Range of addresses in CIDR form")
    package static let gateway = csvList("gateway", as: "ipSlice", "Address of the network's own interface")
    package static let ipRange = csvList("ip-range", "Part of the subnet that containers get addresses from")
    package static let auxAddress = map("aux-address", "Address that is given to no container: NAME=ADDRESS")
    package static let internalNetwork = bool("internal", "Let nothing of it reach outside")
    package static let enableIPv4 = bool("ipv4", default: true, "Give IPv4 addresses")
    package static let enableIPv6 = bool("ipv6", "Give IPv6 addresses")
    package static let networkOption = map("opt", short: "o", "Setting of the driver: KEY=VALUE")
    package static let networkLabel = list("label", check: .label, "Label on the network: KEY[=VALUE]")
    package static let attachable = bool("attachable", "For networks of a swarm; noted only")
    package static let networkScope = string("scope", "Where the network exists; there is only \"local\"")
        .only("local", otherwise: "there is no swarm")
    package static let ipamDriver = string("ipam-driver", default: "default", "Who gives addresses; there is only \"default\"")
        .only("default", otherwise: "addresses are given by this program itself")
    package static let ipamOption = map("ipam-opt", "Setting of the giver of addresses: KEY=VALUE")
        .notYet("the giver of addresses has no settings")
    static let configFrom = string("config-from", "Take the settings of another network").notYet("it belongs to a swarm")
    static let configOnly = bool("config-only", "Keep settings and make no network").notYet("it belongs to a swarm")
    static let ingress = bool("ingress", "Make the network that a swarm publishes ports on").notYet("it belongs to a swarm")

    package static let verboseNetwork = bool("verbose", short: "v", "Show services of a swarm too; there are none")
    package static let forceNetwork = bool("force", short: "f", "Don't mind networks that don't exist")

    static let networkCreation = [
        attachable, auxAddress, configFrom, configOnly, networkDriver, gateway, ingress, internalNetwork, ipRange, ipamDriver, ipamOption,
        enableIPv4, enableIPv6, networkLabel, networkOption, networkScope, subnet,
    ]

    // connect, disconnect
    package static let connectAlias = csvList("alias", "Further name on the network")
    package static let connectDriverOption = csvList("driver-opt", "Setting of the driver for this container: KEY=VALUE")
    package static let gatewayPriority = int("gw-priority", "The network with the highest one gives the default route")
    package static let connectLinkLocalIP = csvList("link-local-ip", as: "ipSlice", "Link-local address of the container")
    package static let forceDisconnect = bool("force", short: "f", "Also when the container is not running, or gone")
}
