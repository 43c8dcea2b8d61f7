namespace Heliograph.Decoy.Sites;
internal static class BuiltInSite
{
    public static Site Create(byte[] seed, TimeProvider time) => new MemorySite([new("/index.html", seed, time.GetUtcNow())]);
}
