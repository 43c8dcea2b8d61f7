namespace Heliograph.Web.Sites.BuiltIn.Kinds;

internal static class RepairWorkshop
{
    public static SiteKind Kind { get; } = new()
    {
        Names = ["{Last} {Trade}", "{Last} & {Last2} {Trade}", "{Town} {Trade}", "{Street} {Trade}", "{First} {Last}, {Trade}"],
        Taglines =
        [
            "{Street}, {Town}. By appointment.", "Repairs and restoration since {Since}", "We mend what is worth mending",
            "A small workshop in {Town}", "Careful work, honest prices",
        ],
        Welcome =
        [
            "We are a workshop of {few} people in {Street}, and we repair {thing}s of every age.",
            "Bring it in, and we will tell you what can be done and what it costs before we touch a screw.",
            "Most repairs take about {number} days; if it is urgent, say so.",
            "We have been at it since {Since}, and some of our first customers still come.",
            "Not everything can be saved, but more than people think.",
        ],
        Journal = [("workbench", "From the workbench"), ("jobs", "Recent jobs"), ("bench-notes", "Bench notes"), ("repairs", "Repairs")],
        EntryTitles =
        [
            "A {thing} from {Since}", "Rust", "The case of the silent {thing}", "Back from {Village}", "What glue can do",
            "A {thing} for {Friend}", "Spare parts, found", "Three of a kind", "Before and after", "A stubborn {part}", "On {part}s",
            "{Season} opening hours",
        ],
        EntrySentences =
        [
            "This {thing} came to us in a shoe box, in more pieces than it was made of.",
            "The {part} had been replaced before, with more courage than skill.",
            "We cleaned everything twice, and found the maker's mark under a century of polish.",
            "A new {part} had to be made; the last supplier closed in {Since}.",
            "The owner remembered it from her grandfather's house and wanted to hear it work once more.",
            "It took {number} hours, of which {few} were spent looking for a spring on the floor.",
            "Old screws are all different: number them, or be sorry.",
            "Penetrating oil, a night's rest, and a little warmth did what force could not.",
            "The finish was left as it was, scratches and all.",
            "We are often asked whether it is worth it. Usually it is.",
            "{Friend} turned the {part} on the small lathe, on the second try.",
            "The trouble was not the {part}, as we had thought, but a hair crack next to it.",
            "It left the workshop in {month} and has not come back, which is how we like it.",
            "Please do not use household oil. Really, please do not.",
            "The original drawing turned up at an auction in {Village}, and answered {few} questions at once.",
            "A pleasure to work on something that was made to be taken apart.",
            "The second one had the same fault, and so, we suspect, has the third.",
            "Brass is patient. Plastic is not.",
            "We kept the old part and put it in an envelope inside, for whoever opens it next.",
            "The estimate was for {number} and the bill a little less.",
            "It had been in the attic for {number} years, under a leak.",
            "No electronics were harmed, as there were none.",
            "Soft jaws on the vice, always.",
        ],
        Pages =
        [
            new("services", "What we do", [
                "Cleaning, adjustment and repair of {thing}s.",
                "Replacement of any {part} for which parts can still be had.",
                "Making of small parts in brass and steel.",
                "Estimates are free if you come by.",
                "Restoration of older pieces, with a written record of what was done.",
                "We do not sell new goods and have no interest in telling you that yours is past it.",
                "Collection in {Town} and {Village} by arrangement.",
            ]),
            new("visit", "Find us", [
                "{Number} {Street}, {Town}: through the arch and across the yard.",
                "Open Tuesday to Friday, 9 to 12 and 14 to 17; other times by appointment.",
                "Please ring the bell twice; the lathe is loud.",
                "Bicycles can be left in the yard.",
                "We are closed for two weeks in August.",
            ]),
            new("about", "The workshop", [
                "{First} {Last} learned the trade with {Other} and took over the workshop in {Since}.",
                "The benches are older than any of us.",
                "{Friend} joined for a summer and stayed.",
                "We like mornings, quiet radios and customers who know a good story about the piece they bring.",
                "The cat belongs to the neighbours.",
            ]),
        ],
        Words = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["Last2"] = ["Sons", "Daughter", "Partner", "Brothers"],
            ["Trade"] = ["Repairs", "Restoration", "Workshop", "Repair & Restoration", "Mending", "Repair Shop", "Old Machines"],
            ["thing"] =
            [
                "mantel clock", "sewing machine", "bicycle hub", "typewriter", "oil lamp", "music box", "box camera", "concertina",
                "barometer", "hand drill", "kitchen scale",
            ],
            ["part"] = ["spring", "gear", "bearing", "lever", "pivot", "hinge", "screw thread", "ratchet", "spindle", "valve"],
            ["Season"] = ["Summer", "Winter", "Easter", "Holiday"],
        },
    };
}
