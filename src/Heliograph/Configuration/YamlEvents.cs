using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Heliograph.Configuration;

/// <summary>
/// The parser's events. Whatever it throws for a text is a <see cref="YamlException"/> that has a place: for some texts, such as one with
/// <c>---</c> inside of brackets, its scanner throws an InvalidOperationException.
/// </summary>
internal sealed class YamlEvents : IParser
{
    private readonly Scanner scanner;
    private readonly Parser parser;

    public YamlEvents(string text)
    {
        scanner = new Scanner(new StringReader(text), skipComments: true);
        parser = new Parser(scanner);
    }

    public ParsingEvent? Current => parser.Current;

    public bool MoveNext()
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception exception) when (exception is not YamlException)
        {
            var place = scanner.CurrentPosition;
            throw new YamlException(place, place, "A bracket or a quote before this place is not closed", exception);
        }
    }
}
