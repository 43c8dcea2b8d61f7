using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Heliograph.Configuration;

/// <summary>
/// The parser's events. Whatever it throws for a text is a <see cref="YamlException"/> that has a place: for <c>---</c> inside of brackets
/// its scanner throws an InvalidOperationException, and after <c>: :&lt;?</c> its events just end.
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
            if (parser.MoveNext())
                return true;
            throw new EndOfStreamException("the events end within the document");
        }
        catch (Exception exception) when (exception is not YamlException)
        {
            var place = scanner.CurrentPosition;
            throw new YamlException(
                place, place, "It cannot be read past this place; check the brackets, quotes and colons before it", exception);
        }
    }
}
