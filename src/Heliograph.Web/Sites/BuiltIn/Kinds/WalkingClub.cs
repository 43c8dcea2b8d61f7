namespace Heliograph.Web.Sites.BuiltIn.Kinds;

internal static class WalkingClub
{
    public static SiteKind Kind { get; } = new()
    {
        Names = ["{Town} {Club}", "{Village} {Club}", "The {River} Valley {Club}", "{Club} {Town}"],
        Taglines =
        [
            "Out every other {Weekend}", "Walks of four to {miles} miles, all year round", "Boots, maps and sandwiches",
            "Founded {Since}, still not lost", "In all weathers, within reason",
        ],
        Welcome =
        [
            "We walk every other {Weekend}, mostly within an hour of {Town}.",
            "Walks are between four and {miles} miles long and end near {drink}.",
            "Guests are welcome on any walk; come {few} times before you think of joining.",
            "Dogs on leads, children on foot.",
            "The programme comes out twice a year, and {Friend} changes it whenever the forecast does.",
        ],
        Journal = [("walks", "Walk reports"), ("reports", "Reports"), ("log", "Walking log"), ("outings", "Past outings")],
        EntryTitles =
        [
            "Along the {River}", "{Hill} in {weather}", "The long way to {Village}", "A short walk, for once", "Over {Hill}",
            "{month} walk: {Village}", "Bluebells and mud", "The one with the cows", "Two valleys", "Footbridge closed",
            "The {season} weekend", "Round the reservoir",
        ],
        EntrySentences =
        [
            "{number} of us set out from the car park at {Village} in {weather}.",
            "The path follows the {River} for {few} miles and then thinks better of it.",
            "On the top of {Hill} there was no view at all, but a great deal of wind.",
            "We met {few} other people and one horse.",
            "{Friend} had the map, {Friend2} had the opinion, and for a while we followed the opinion.",
            "The stile at the far end has been mended at last.",
            "Lunch was taken in the lee of a wall, with {cake} from {Friend3}.",
            "After the farm the track is under water; a detour of half a mile is advised.",
            "The church at {Village} was open, and has a good bench in the porch.",
            "From here it is downhill all the way, apart from the two hills.",
            "We heard the first cuckoo of the year.",
            "A buzzard kept us company as far as the quarry.",
            "The cows were more interested in us than we had hoped.",
            "Total: {number} miles, {number} gates, no blisters worth reporting.",
            "The bus was on time, which upset the plan.",
            "{Other2} told us about the old tramway, of which a surprising amount remains.",
            "It cleared in the afternoon and we could see as far as the sea.",
            "The tearoom was closed; next time we shall ring first.",
            "Several members discovered that their boots were no longer waterproof.",
            "At the ford we divided into those who waded and those who wrote reports.",
            "The last mile along the lane is dull, but the pub is at the end of it.",
            "This walk is easily done the other way round, and probably should be.",
            "Thanks to {Friend} for leading and for pretending that it was always the plan.",
        ],
        Pages =
        [
            new("programme", "Programme", [
                "Meeting point is the bus station in {Town} at nine, unless the list says otherwise.",
                "{month}: {Hill} and back by the ridge, {number} miles.",
                "{month}: along the {River} to {Village}, flat.",
                "{month}: maps and compasses, for beginners and for those who say they are not.",
                "{month}: the weekend away; please book with {Friend} early.",
                "Changes are posted on the board by the library.",
            ]),
            new("joining", "Joining", [
                "A year's membership is {number}, families {number} more.",
                "Bring boots, a waterproof and something to eat.",
                "The leader decides about the weather.",
                "Nobody is left behind, however long they photograph the view.",
                "Walks are graded easy, moderate and {Friend}.",
            ]),
            new("history", "The club", [
                "The club was founded in {Since} after a slide show in the library.",
                "The first walk went up {Hill} and had {number} takers, {few} of whom are still with us.",
                "We look after {few} miles of footpath for the parish and clear them every spring.",
                "{Other} kept the log for many years, and the older reports are hers.",
            ]),
        ],
        Words = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["Club"] = ["Ramblers", "Walking Club", "Footpath Society", "Hill Walkers", "Sunday Walkers", "Wayfarers"],
            ["Weekend"] = ["Saturday", "Sunday"],
            ["miles"] = ["nine", "ten", "eleven", "twelve", "fourteen", "fifteen"],
            ["Hill"] =
            [
                "Raven Crag", "Great Hob", "Long Edge", "Cold Pike", "Beacon Hill", "Wether Fell", "High Barrow", "Sharp Tor", "Windy Top",
                "Hare Law",
            ],
        },
    };
}
