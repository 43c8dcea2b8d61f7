namespace Heliograph.Tls13.Handshake;

/// <summary>The messages that we write, or recognize by their number (RFC 8446 section 4).</summary>
internal enum HandshakeType : byte
{
    None = 0,
    ClientHello = 1,
    ServerHello = 2,
    NewSessionTicket = 4,
    EncryptedExtensions = 8,
    Certificate = 11,
    CertificateVerify = 15,
    Finished = 20,
}
