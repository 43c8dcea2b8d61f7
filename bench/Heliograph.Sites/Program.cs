using System.Globalization;
using Heliograph.Sites;
using Heliograph.Web;

if (args is ["--write", var directory])
{
    SampleSites.Write(directory);
    return 0;
}
var numbers = new Dictionary<string, int>(StringComparer.Ordinal) { ["--known"] = 18, ["--unseen"] = 500, ["--seed"] = 1 };
for (var i = 0; i < args.Length; i += 2)
{
    if (!numbers.ContainsKey(args[i]) || i + 1 == args.Length
        || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var number) || number < 1)
    {
        Console.Error.WriteLine(
            "usage: ./bench/sites [--known 18] [--unseen 500] [--seed 1]\n" +
            "       ./bench/sites --write DIRECTORY   writes some sites to look at");
        return 2;
    }
    numbers[args[i]] = number;
}
Console.WriteLine(
    $"{numbers["--known"]} known sites, {numbers["--unseen"]} unseen ones, seed {numbers["--seed"]}; " +
    "share that is recognized by");
foreach (var (name, languages) in new[] { ("all in English", ["en"]), ("any language", DecoySite.Languages) })
{
    Console.WriteLine($"\n{name}");
    foreach (var share in Clustering.Measure(numbers["--known"], numbers["--unseen"], numbers["--seed"], languages))
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {share.Feature,-42}{share.Percent,6:0.0} %"));
}
return 0;
