/// A name for a container that was given none: a property and something of the sea.
package enum RandomName {
    /// - Parameter random: four bytes at least; equal bytes make equal names.
    package static func make(_ random: [UInt8]) -> String {
        precondition(random.count >= 4, "a name needs four bytes")
        let first = Int(random[0]) << 8 | Int(random[1])
        let second = Int(random[2]) << 8 | Int(random[3])
        return properties[first % properties.count] + "_" + things[second % things.count]
    }

    static let properties = words(
        """
        adrift aft agile amber anchored azure balmy blithe blue bold brave breezy bright brisk briny buoyant calm candid
        cheery chilly clear coastal coral cosy crisp curling dappled daring dawning deep distant drifting eager eastern
        easy fair fearless fleet floating foaming foggy free fresh gentle gilded gleaming gliding golden grand green gusty
        hardy hazy hearty high hushed indigo jaunty jolly keen kind leeward light lively lofty lone lucid lunar merry
        mellow mighty misty moonlit northern open pearly placid plucky proud quick quiet rapid ready restful rippling
        roaming rolling rosy sailing salty sandy serene shining silver smooth snug southern stalwart starry steady
        sturdy sunlit sunny swaying swift tidal tranquil trim trusty upwind vast velvet wandering warm western wild windy
        winsome
        """)

    static let things = words(
        """
        albatross anchor archipelago atoll bark barque bay beach beacon bell bight boat boom bosun bow breaker breeze brig
        buoy cape catamaran channel clipper cloud coast cove crab crest current cutter deck delta dinghy dock dolphin dory
        dune ebb eddy estuary ferry fjord flag fog frigate galley gale gannet gulf gull gust halyard harbour haven headland
        helm heron hull inlet island isle islet jetty jib junk kayak kelp ketch keel kittiwake knot lagoon lantern lateen
        lighthouse lugger mainsail marina mast mistral mooring narrows oar ocean otter outrigger paddle peninsula petrel
        pier pilot pinnace porpoise port prow puffin quay raft reef rigging rudder sail sandbar schooner seal shoal shore
        skerry skiff sloop sound spar spinnaker spray squall strait surf swell tern tide tiller trawler vessel voyage
        wake wave wharf whale yacht yawl zephyr
        """)

    private static func words(_ text: String) -> [String] {
        text.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }).map { String(Substring($0)) }
    }
}
