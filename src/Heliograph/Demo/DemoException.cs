namespace Heliograph.Demo;

/// <summary>A check of the demo failed. The message is one line that names it.</summary>
internal sealed class DemoException : Exception
{
    public DemoException(string claim, string? detail = null, Exception? inner = null)
        : base($"check failed: {claim}{(detail is null ? "" : $" ({detail.ReplaceLineEndings(" ")})")}", inner)
    {
    }
}
