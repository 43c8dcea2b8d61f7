namespace Heliograph.Web.Sites.BuiltIn.Kinds;

internal static class GardenDiary
{
    public static SiteKind Kind { get; } = new()
    {
        Names =
        [
            "Plot {Number}", "{First}'s Allotment", "The {Adjective} Plot", "{Village} Garden Notes", "Mud and {Vegetable}",
            "Behind the {Shed}",
        ],
        Taglines =
        [
            "An allotment in {Town}, mostly weeds", "What grows, what does not, and why", "Vegetables, patience and {weather}",
            "Notes from a north-facing garden", "Ten rods of clay",
        ],
        Welcome =
        [
            "This is the diary of a small allotment on the edge of {Town}, kept since {Since}.",
            "I write down what I sowed and when, because otherwise I sow it twice.",
            "The soil is {soil}, the slugs are many and the neighbours know better.",
            "There is nothing to buy here, but advice is welcome.",
            "Most of what follows is about {vegetable}, compost and failure.",
        ],
        Journal = [("diary", "Diary"), ("journal", "Journal"), ("log", "Garden log"), ("plot", "From the plot")],
        EntryTitles =
        [
            "First frost", "The {vegetable} are in", "Slugs: 1, {First}: 0", "A bed for {vegetable}", "Compost, turned", "Rain at last",
            "Too many {vegetable}", "Seeds for next year", "The shed roof", "Visitors on the plot", "Digging, not digging",
            "A good week for {vegetable}", "The water butt", "{month} on the plot",
        ],
        EntrySentences =
        [
            "Sowed {number} rows of {vegetable} in the long bed and covered them against the pigeons.",
            "The {vegetable} have come up at last, thinly, but they have come up.",
            "After {number} days without rain the clay had cracks wide enough for a finger.",
            "{Friend} from the plot next door passed a bag of {vegetable} over the fence.",
            "I have moved the compost heap a yard to the left, which took an afternoon and achieved little.",
            "The early {vegetable} failed completely; the late ones do not know when to stop.",
            "Something has eaten the {vegetable} down to the ground and left its card.",
            "Mulched with leaves, because there were leaves.",
            "Under the fleece everything is two weeks ahead.",
            "It is always the row you forgot that does best.",
            "Picked {number} pounds this week, and gave most of it away.",
            "The blackbird follows me along the trench and takes its share.",
            "Soup again.",
            "Next year I shall sow half as much, as I said last year.",
            "The soil thermometer says nine degrees; the {vegetable} say wait.",
            "Tied up the beans with the string from the parcel.",
            "{Friend2} swears by wood ash, and her onions agree with her.",
            "Cut the green manure just before it flowered and dug it in.",
            "The frost took the dahlias in one night.",
            "Washed the pots. All of them.",
            "I saved seed from the best {few} plants and wrote the name on the envelope this time.",
            "Netting up, netting down, netting up.",
            "The new bed is {few} paces by one and took {number} barrows of compost.",
            "Sat on the upturned crate with a flask of {drink} and did nothing for a quarter of an hour.",
            "A hedgehog has moved in under the pallets and I have been told not to move them.",
        ],
        Pages =
        [
            new("plot", "The plot", [
                "The plot is about {number} paces long and slopes towards the railway.",
                "When I took it over in {Since} it was bramble from end to end.",
                "The soil is {soil}; every year there is a little less of it and a little more compost.",
                "There are {number} beds, a shed with a leaning door and one apple tree that was here before all of us.",
                "Water comes from the roof of the shed and, in a bad year, from the tap by the gate.",
                "I grow without sprays, out of conviction and idleness.",
                "The wind comes over the field from the west and takes anything that is not tied down.",
            ]),
            new("sowing", "When I sow", [
                "Broad beans go in during November, the rest waits for the end of March.",
                "{Vegetable} under glass from the middle of February, outdoors after the last frost.",
                "Carrots only where nothing was manured.",
                "Courgettes: two plants, never three.",
                "Garlic before the shortest day.",
                "Salad every {number} days from April on, a short row each time.",
                "Leeks in the old potato bed.",
            ]),
            new("about", "About", [
                "My name is {First}, I live in {Town} and garden after work and on Sundays.",
                "I learned most of it from {Other}, who had the plot by the gate for forty years.",
                "Write to me if you have seed to swap.",
                "The pictures in the header are only a drawing; the hills behind the plot look a little like that.",
            ]),
        ],
        Words = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["Adjective"] = ["Crooked", "Lower", "Windy", "Patient", "Northern", "Stony", "Green", "Far"],
            ["Shed"] = ["Shed", "Hedge", "Railway", "Greenhouse", "Orchard Wall"],
            ["Vegetable"] = ["Marrows", "Leeks", "Kale", "Parsnips", "Beetroot", "Runner Beans", "Onions"],
            ["vegetable"] =
            [
                "leeks", "broad beans", "kale", "parsnips", "beetroot", "runner beans", "onions", "peas", "squashes", "potatoes", "chard",
                "radishes", "carrots", "spinach", "fennel",
            ],
            ["soil"] = ["heavy clay", "thin chalk", "sand over gravel", "black and wet", "stony loam", "silt from the old river"],
        },
    };
}
