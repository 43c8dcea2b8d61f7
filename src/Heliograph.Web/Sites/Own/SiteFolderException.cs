namespace Heliograph.Web.Sites.Own;

/// <summary>A folder cannot become a site. The message is one sentence for whoever writes it: where, what is wrong, what to do.</summary>
public sealed class SiteFolderException(string message) : Exception(message);
