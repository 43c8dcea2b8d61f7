namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>Words that fit every kind of site.</summary>
internal static class SharedWords
{
    private static readonly string[] TownBeginnings =
    [
        "Alder", "Ash", "Barn", "Birch", "Black", "Bram", "Brook", "Burn", "Cal", "Carl", "Cold", "Crow", "Dun", "East", "Elm",
        "Fair", "Fern", "Fox", "Glen", "Grims",
        "Hal", "Hart", "Hazel", "Heath", "Holm", "Kel", "Kings", "Lang", "Lin", "Long", "Mar", "Mill", "Moor", "New", "North",
        "Oak", "Pen", "Ray", "Red", "Roth",
        "Sand", "Shel", "Stan", "Stone", "Thorn", "Wal", "West", "Whit", "Wood", "Yar",
    ];

    private static readonly string[] TownEndings =
    [
        "beck", "borough", "bourne", "bridge", "brook", "burgh", "bury", "by", "combe", "cote", "dale", "den", "field", "ford",
        "gate", "ham", "hill", "holt", "hurst",
        "ington", "leigh", "ley", "low", "mere", "minster", "mouth", "ness", "port", "stead", "stoke", "thorpe", "ton", "wade",
        "well", "wick", "worth",
    ];

    private static readonly string[] FirstNames =
    [
        "Agnes", "Alan", "Anita", "Arthur", "Astrid", "Beatrice", "Bernard", "Carla", "Clive", "Colin", "Daniel", "Dora", "Edith",
        "Elena", "Emil", "Erik", "Esther", "Fiona",
        "Frank", "Gareth", "Greta", "Hanna", "Harold", "Helen", "Ida", "Ingrid", "Ivan", "Jacob", "Janet", "Joan", "Johan",
        "Judith", "Karin", "Keith", "Laura", "Leo", "Lotte",
        "Lucia", "Magnus", "Marta", "Martin", "Maud", "Miriam", "Nadia", "Neil", "Nora", "Oliver", "Olga", "Oscar", "Pauline",
        "Peter", "Petra", "Rachel", "Ralph", "Robin",
        "Rosa", "Ruth", "Sam", "Sonja", "Stefan", "Susan", "Theo", "Tobias", "Ursula", "Vera", "Victor", "Walter", "Wendy", "Yvonne",
    ];

    private static readonly string[] LastNames =
    [
        "Abbott", "Adler", "Ames", "Arkwright", "Barlow", "Becker", "Bennet", "Berg", "Blake", "Brandt", "Burton", "Carver",
        "Clarke", "Cooper", "Crane", "Dahl", "Dawson", "Ekberg",
        "Ellis", "Farrow", "Fischer", "Fletcher", "Foster", "Frost", "Gibbs", "Grant", "Hale", "Hansen", "Harper", "Hayes",
        "Holt", "Hughes", "Iversen", "Jansen", "Keller", "Kerr",
        "Lambert", "Lang", "Larkin", "Lind", "Lowe", "Marsh", "Mercer", "Miller", "Moreau", "Nash", "Nilsson", "Novak", "Olsen",
        "Palmer", "Parrish", "Pike", "Quinn", "Reed",
        "Rhodes", "Rossi", "Sawyer", "Schmidt", "Shaw", "Sorensen", "Stone", "Thorne", "Tucker", "Vogel", "Wade", "Walsh", "Webb",
        "Winter", "Wolf", "York",
    ];

    /// <summary>The words for one site: those with a capital letter have one value each.</summary>
    public static Dictionary<string, string[]> For(SeededChoice choice)
    {
        var firstNames = choice.Shuffle(FirstNames);
        var lastNames = choice.Shuffle(LastNames);
        string Town() => choice.Pick(TownBeginnings) + choice.Pick(TownEndings);
        return new(StringComparer.Ordinal)
        {
            ["Town"] = [Town()],
            ["Village"] = [Town()],
            ["River"] =
            [
                choice.Pick(
                    (string[])
                        [
                            "Ald",
                            "Bren",
                            "Cald",
                            "Cray",
                            "Dene",
                            "Esk",
                            "Fal",
                            "Isla",
                            "Lune",
                            "Mede",
                            "Nidd",
                            "Orr",
                            "Pell",
                            "Rill",
                            "Swale",
                            "Tarn",
                            "Urr",
                            "Wend",
                            "Yare",
                        ]),
            ],
            ["First"] = [firstNames[0]],
            ["Last"] = [lastNames[0]],
            ["Friend"] = [firstNames[1]],
            ["Friend2"] = [firstNames[2]],
            ["Friend3"] = [firstNames[3]],
            ["Other"] = [firstNames[4] + " " + lastNames[1]],
            ["Other2"] = [firstNames[5] + " " + lastNames[2]],
            ["Since"] = [choice.Between(1984, 2019).ToString()],
            ["number"] = [.. Enumerable.Range(3, 30).Select(number => number.ToString())],
            ["few"] = ["two", "three", "four", "five", "half a dozen"],
            ["weekday"] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            ["Evening"] = [choice.Pick((string[])["Monday", "Tuesday", "Wednesday", "Thursday"])],
            ["Street"] =
            [
                choice.Pick(
                    (string[])
                        [
                            "Mill Lane",
                            "Church Street",
                            "Station Road",
                            "Back Lane",
                            "Market Place",
                            "Bridge Street",
                            "School Lane",
                            "Quarry Road",
                            "Orchard Way",
                            "Chapel Hill",
                        ]),
            ],
            ["Number"] = [choice.Between(2, 94).ToString()],
            ["season"] = ["spring", "summer", "autumn", "winter"],
            ["month"] = ["January", "February", "March", "April", "May", "June", "July", "September", "October", "November"],
            ["weather"] = ["rain", "wind", "fog", "frost", "sunshine", "drizzle", "low cloud", "a heatwave"],
            ["good"] = ["good", "lovely", "fine", "pleasant", "splendid", "cheerful"],
            ["drink"] = ["tea", "coffee", "soup", "cider", "hot chocolate"],
            ["cake"] = ["lemon cake", "gingerbread", "apple pie", "flapjacks", "plum tart", "carrot cake", "scones"],
        };
    }
}
