namespace Heliograph.Web.Sites.BuiltIn.Kinds;

internal static class LocalHistory
{
    public static SiteKind Kind { get; } = new()
    {
        Names = ["Old {Town}", "{Town} Past", "{Village} Local History", "The {Town} Papers", "{Town} Remembered", "Around {Village}"],
        Taglines =
        [
            "Houses, people and papers of {Town}", "Collected by {First} {Last}", "Small findings from the parish records",
            "A history of an ordinary place", "Work in progress since {Since}",
        ],
        Welcome =
        [
            "For some years I have been collecting what can still be found out about {Town} and the people who lived there.",
            "It began with a box of {source} and has got out of hand.",
            "Nothing here is finished, and corrections are welcome.",
            "I am no historian, only a neighbour with a library card.",
            "If you have {source} at home, do not throw them away before I have seen them.",
        ],
        Journal = [("findings", "Findings"), ("papers", "Papers"), ("articles", "Articles"), ("research", "Research notes")],
        EntryTitles =
        [
            "The {place} in {Street}", "Who was {Other}?", "A map of {year}", "The flood", "The {trade}s of {Town}", "What the census says",
            "A letter from {year}", "The {place} that moved", "Names on the memorial", "The last {trade}", "The fire of {year}",
            "Three photographs",
        ],
        EntrySentences =
        [
            "The {place} first appears in the records in {year}, already in need of repair.",
            "In the census of 1881 there are {number} households in {Street}, and {few} of them keep a pig.",
            "{Other} is listed as a {trade}, and ten years later as a gentleman.",
            "The rent was paid in {month}, late, and partly in eggs.",
            "On the tithe map the field is called Hungry Close, which speaks for itself.",
            "The handwriting is beautiful and almost impossible to read.",
            "Nobody I asked remembers the {place}, but several remember being told about it.",
            "The flood of {year} reached the second step of the chapel; the mark is still there if you know where to look.",
            "A photograph shows the {place} with a ladder against it and a dog in front.",
            "The last {trade} in {Town} gave up in {year}, when the railway brought cheaper goods.",
            "According to the vestry book the dispute lasted {number} years and concerned a gate.",
            "I have compared the two maps, and the lane has moved by about {number} yards.",
            "There are {few} possible explanations, and the most boring is probably right.",
            "The family left for {Village} and disappears from the registers.",
            "The date over the door is a hundred years too early.",
            "Her will mentions a clock, a featherbed and a quarrel.",
            "Thanks to {Friend} for the loan of {source}.",
            "The school log for {month} records {weather} and very few children.",
            "The bricks came from the kiln by the {River}, as the stamp shows.",
            "Somebody has written 'not true' in the margin, in pencil.",
            "The county archive has the rest, under a reference that took {few} visits to find.",
            "I would be glad to hear from descendants.",
            "It was sold in {year} for {number} pounds, including the orchard.",
        ],
        Pages =
        [
            new("sources", "Sources", [
                "Parish registers from 1654, with gaps.",
                "Census returns, 1841 to 1921.",
                "The tithe map and its schedule.",
                "The log books of the school, which are the best reading of all.",
                "{source}, kindly lent by {Other2}.",
                "Conversations, written down the same evening.",
                "The county newspaper, which got most names wrong.",
            ]),
            new("streets", "Street by street", [
                "{Street} was the main road until the bypass.",
                "The {place} stood where the car park is now.",
                "Bridge End had {number} cottages, of which {few} remain.",
                "The lane to {Village} is older than both places.",
                "Back Row was pulled down in {year} and is missed by nobody who lived there.",
                "The green was never green.",
            ]),
            new("about", "About these pages", [
                "{First} {Last} moved to {Town} in {Since} and wondered about a bricked-up window.",
                "These pages are the result so far.",
                "They are made by hand and will stay that way.",
                "Text may be used for school projects and family trees; please say where you found it.",
                "Letters reach me at {Number} {Street}.",
            ]),
        ],
        Words = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["source"] = ["glass negatives", "old letters", "account books", "postcards", "deeds", "rent books", "family bibles"],
            ["place"] =
            [
                "tollhouse", "smithy", "malthouse", "old mill", "reading room", "brickworks", "ropewalk", "workhouse", "tannery",
                "dame school",
            ],
            ["trade"] = ["saddler", "cooper", "chandler", "wheelwright", "hatter", "basket maker", "ropemaker", "glover"],
            ["year"] = ["1768", "1794", "1811", "1823", "1839", "1847", "1852", "1866", "1874", "1888", "1893", "1902", "1911", "1926"],
        },
    };
}
