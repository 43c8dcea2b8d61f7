namespace Heliograph.Testing.Tls12;

/// <summary>A session of TLS 1.2 that a server may resume.</summary>
/// <param name="Id">The session ID that the server gave it.</param>
/// <param name="MasterSecret">Its secret.</param>
public sealed record Session12(byte[] Id, byte[] MasterSecret);
