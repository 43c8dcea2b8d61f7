namespace Heliograph.Web.Sites.BuiltIn.Kinds;

internal static class SingingGroup
{
    public static SiteKind Kind { get; } = new()
    {
        Names = ["{Town} {Ensemble}", "The {Village} {Ensemble}", "{Ensemble} of {Town}", "{Town} & {Village} {Ensemble}"],
        Taglines =
        [
            "Singing together since {Since}", "A mixed choir for {Town} and around", "No auditions, just voices",
            "{Evening}s, half past seven", "Amateur singing in good company",
        ],
        Welcome =
        [
            "We are about {crowd} people who like to sing, and we meet every {Evening} in {Venue}.",
            "Nobody has to audition, and reading music is useful but not required.",
            "Our repertoire runs from {composer} to folk songs, with the odd surprise in between.",
            "If you would like to try a rehearsal, simply come along; the first {few} evenings are free.",
            "{Other} has conducted us since {Since} and has not lost patience yet.",
        ],
        Journal = [("news", "News"), ("diary", "Choir diary"), ("latest", "Latest"), ("notes", "Rehearsal notes")],
        EntryTitles =
        [
            "Notes from the {season} concert", "A new season begins", "Tenors wanted", "Singing at {Venue}", "Thank you, {Friend}",
            "Our trip to {Village}", "{composer} and what came of it", "Annual meeting, briefly", "Carols in the square",
            "A workshop with {Other2}", "The piano has been tuned", "Dates for the {season}",
        ],
        EntrySentences =
        [
            "The {season} concert brought {number} listeners more than last year, in spite of {weather}.",
            "We had started on the {composer} in {month} and, to be honest, nobody believed in bar forty.",
            "The altos deserve a special mention for holding their line when the organ dropped out.",
            "{Friend} baked {cake}, which may explain the full attendance.",
            "Afterwards there was {drink} in the side room and the usual argument about tempo.",
            "We are still looking for {few} basses; no beard necessary.",
            "Sheet music is handed out by {Friend2}, who would like last season's copies back.",
            "{Other2} spent a Saturday with us on breathing, vowels and the art of coming in together.",
            "The acoustics in {Venue} forgive a lot, but not late consonants.",
            "The collection went to the roof fund, as every year.",
            "Please bring a pencil. It really does help.",
            "Rehearsals begin again on the first {Evening} of {month}.",
            "Our thanks go to everyone who carried chairs, and to those who carried them back.",
            "A recording exists; whether it will ever be heard is for the committee to decide.",
            "The sopranos have asked for a warmer room and the caretaker has promised to think about it.",
            "We tried the new arrangement by {Friend3} and it sits surprisingly well.",
            "The bus left at eight and, remarkably, so did everyone on it.",
            "In {Village} we sang from the gallery, which had not been done for {number} years.",
            "There is a list on the door for those who can help with the programme.",
            "The annual meeting took {number} minutes, which is a record.",
            "The committee remains as it was, only with {Friend} as treasurer.",
            "For the next programme we have chosen three pieces by {composer} and two we made up ourselves.",
            "It was the first time that the second page went without a stop.",
            "The children's group joined us for the last song and easily drowned us out.",
        ],
        Pages =
        [
            new("about", "About us", [
                "The choir was founded in {Since} by a handful of neighbours who had met at an evening class.",
                "The first concert was given to an audience of {number}, most of them related.",
                "Today we sing {few} concerts a year, most of them in {Venue}.",
                "{Other} studied church music and teaches at the school in {Village}.",
                "We belong to no church and no party, only to the people who turn up.",
                "In the summer we take a break, in theory.",
                "Members pay a small fee which covers music and heating.",
                "Our oldest member joined in the first year, our youngest was born since.",
            ]),
            new("rehearsals", "Rehearsals", [
                "We rehearse on {Evening}s from 19:30 to 21:15 in {Venue}, {Street}.",
                "The door on the left is the right one.",
                "There is a break of ten minutes, with {drink}.",
                "No rehearsals during school holidays.",
                "Parking is behind the hall; please leave the gate free.",
                "Sectional rehearsals are announced on the board.",
                "If you cannot come, tell your section so that nobody waits for you.",
            ]),
            new("join", "Join in", [
                "All voices are welcome, and at the moment low ones especially.",
                "Come to any rehearsal and ask for {Friend}.",
                "You will be given a folder, a chair and a neighbour who knows the way.",
                "After {few} evenings you decide whether to stay.",
                "The fee is {number} a term, less for students.",
            ]),
        ],
        Words = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["Ensemble"] = ["Singers", "Community Choir", "Chamber Choir", "Voices", "Choral Society", "Evening Choir", "Consort"],
            ["Venue"] =
            [
                "the old school hall", "St Anne's", "the parish hall", "the Methodist chapel", "the reading room", "St Martin's",
                "the assembly rooms",
            ],
            ["crowd"] = ["fifteen", "twenty", "twenty-five", "thirty", "thirty-five", "forty"],
            ["composer"] =
            [
                "Byrd", "Schütz", "Purcell", "Tallis", "Mendelssohn", "Fauré", "Rheinberger", "Stanford", "Bruckner", "Rutter",
                "Palestrina", "Holst",
            ],
        },
    };
}
