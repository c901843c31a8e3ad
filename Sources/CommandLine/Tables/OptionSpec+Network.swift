/// Options of `run` and `create` about the network, names and addresses.
extension OptionSpec {
    package static let addHost = list("add-host", check: .extraHost, "Line in /etc/hosts: NAME:ADDRESS")
    package static let dns = list("dns", check: .address, "Name server to ask")
    package static let dnsOption = list("dns-option", "Option in /etc/resolv.conf")
    static let dnsOpt = list("dns-opt", "Old spelling of --dns-option").hidden().meaning(dnsOption)
    package static let dnsSearch = list("dns-search", check: .domain, "Domain to search, \".\" for none")
    package static let domainname = string("domainname", "NIS domain name of the container")
    package static let expose = list("expose", "Note a port, or a range of ports, as one that the program serves")
    package static let hostname = string("hostname", short: "h", "Host name of the container")
    package static let network = list(
        "network", as: "network", check: .network, "Network to be on: a name, \"bridge\", \"none\", \"host\", \"container:NAME\", \"pasta\""
    ).completing(.networks)
    static let net = list("net", as: "network", check: .network, "Old spelling of --network").hidden().meaning(network)
    package static let uts = string("uts", "Host name namespace: \"private\" or \"host\"")
        .only("private", "host", otherwise: "only \"private\" and \"host\" exist")

    package static let publish = list("publish", short: "p", "Port of the host that leads to one of the container")
    package static let publishAll = bool(
        "publish-all", short: "P", "Publish every noted port on a free port of the host")
    package static let ipv4 = ip("ip", "IPv4 address of the container")
    package static let ipv6 = ip("ip6", "IPv6 address of the container")
    package static let macAddress = string("mac-address", "Ethernet address of the container")
    package static let networkAlias = list("network-alias", "Further name on the network")
    static let netAlias = list("net-alias", "Old spelling of --network-alias").hidden().meaning(networkAlias)
    package static let link = list("link", check: .link, "Reach another container by name").completing(.containers)
    package static let linkLocalIP = list("link-local-ip", "Link-local address of the container")

    static let networking =
        ([addHost, dns, dnsOption, dnsOpt, dnsSearch, domainname, expose, hostname, network, net, uts]
        + [publish, publishAll, ipv4, ipv6, macAddress, networkAlias, netAlias, link, linkLocalIP]).grouped(.network)
}
