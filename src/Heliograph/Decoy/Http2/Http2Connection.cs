namespace Heliograph.Decoy.Http;
internal sealed class Http2Connection(ClientSocket client, Responder responder, TimeProvider time) : IDisposable
{
    public Task RunAsync() { _ = client; _ = responder; _ = time; return Task.CompletedTask; }
    public void Dispose() { }
}
