namespace Heliograph.Web.Sites.BuiltIn.Kinds;

internal static class MusicTeacher
{
    public static SiteKind Kind { get; } = new()
    {
        Names = ["{First} {Last}", "{First} {Last}, music lessons", "Music in {Town}", "{Last} Music Studio", "Studio {Last}"],
        Taglines =
        [
            "Lessons in {instrument} for children and adults in {Town}", "Teacher of {instrument}", "Lessons, accompaniment, ensemble",
            "It is never too late to begin", "A little practice, a little theory",
        ],
        Welcome =
        [
            "I teach {instrument} at home in {Town}, to beginners and to people who gave up years ago.",
            "Lessons are thirty, forty-five or sixty minutes, once a week or every other.",
            "My youngest pupil is six; my oldest asked me not to say.",
            "There is an instrument here to try, so nobody has to buy one first.",
            "The first lesson is for finding out whether we get on, and costs nothing.",
        ],
        Journal = [("notes", "Notes"), ("blog", "Blog"), ("thoughts", "Thoughts on practice"), ("studio", "Studio news")],
        EntryTitles =
        [
            "Ten minutes a day", "The pupils' concert", "On slow practice", "{composer} for beginners", "Why scales",
            "Choosing an instrument", "What to do about nerves", "Playing together", "Summer reading", "A place on the timetable",
            "Fingers, again", "Listening to {composer}",
        ],
        EntrySentences =
        [
            "Ten minutes every day do more than an hour on {weekday}.",
            "Play it so slowly that it cannot go wrong, and then a little slower.",
            "The pupils' concert in {month} had {number} performers and, by my count, only {few} false starts.",
            "I have been reading {composer}'s letters, which are full of complaints about pupils.",
            "A pencil is the second most important thing on the stand.",
            "Count aloud. It feels foolish and it works.",
            "The left hand knows more than we give it credit for.",
            "If a passage is hard, make it into a game of four notes.",
            "There is one free place on {weekday} afternoons from {month}.",
            "Do not start at the beginning every time; the ending is lonely.",
            "We listened to three recordings of the same {composer} and could not agree on any of them.",
            "Parents often ask when they should help. Mostly by listening.",
            "Nerves do not go away, but they can be invited in and given a chair.",
            "Theory is only a way to talk about what the ear has already noticed.",
            "The tuner came, and everything sounds a little too honest now.",
            "Duets were the success of the year, above all the one with the wrong repeat.",
            "For the holidays I recommend something easy, played beautifully.",
            "Hands apart, then together, then apart again.",
            "Memory likes company: learn it by ear, by eye and by finger.",
            "An adult beginner told me that scales are like washing up: you feel better afterwards.",
            "I keep the old method books for their pictures.",
            "{composer} wrote this for a child, and it shows in the best way.",
        ],
        Pages =
        [
            new("lessons", "Lessons", [
                "Lessons take place at {Number} {Street}, five minutes from the station.",
                "Half an hour is right for most children, three quarters for everyone else.",
                "We choose the pieces together.",
                "Exams are possible and never compulsory.",
                "Missed lessons can be made up in the same term.",
                "I also teach theory up to grade five, in pairs.",
                "Please cut your nails.",
            ]),
            new("prices", "Prices", [
                "Thirty minutes: £{fee}.", "Forty-five minutes: a little less than half as much again.", "Siblings pay ten per cent less.",
                "Terms are twelve weeks and are paid at the start.", "The trial lesson is free.",
            ]),
            new("about", "About me", [
                "I studied {instrument} and teaching, and have lived in {Town} since {Since}.",
                "I play with {Other} in a duo, mostly {composer} and later.",
                "Before that I accompanied ballet classes, which is good for counting.",
                "When I am not teaching I look for second-hand scores and walk along the {River}.",
                "I am a member of the teachers' association and have the usual certificates.",
            ]),
        ],
        Words = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["instrument"] = ["{Instrument}"],
            ["Instrument"] = ["piano", "cello", "violin", "guitar", "flute", "clarinet", "recorder", "harp"],
            ["fee"] = ["16", "17", "18", "19", "20", "21", "22", "23", "24"],
            ["composer"] = ["Bach", "Bartók", "Telemann", "Haydn", "Schumann", "Satie", "Grieg", "Clementi", "Debussy", "Corelli"],
        },
    };
}
