namespace Heliograph.Relay.Upstream;

/// <summary>
/// What is said to an upstream proxy until it has connected, without a socket: bytes to send, and room for exactly as many bytes as the
/// proxy must send at least. So nothing of what the host sends after the proxy's answer is ever read here, and nothing of it is lost.
/// </summary>
internal abstract class ProxyConversation
{
    private readonly byte[] answer;
    private int length;
    private int expected;

    /// <param name="longest">The most bytes that a proxy may answer.</param>
    protected ProxyConversation(int longest) => answer = new byte[longest];

    /// <summary>What is to be sent before anything is read.</summary>
    public ReadOnlyMemory<byte> Output { get; private set; }

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Room => answer.AsMemory(length, expected - length);

    /// <summary>Whether there is a tunnel, or <see cref="Fault"/> says why not.</summary>
    public bool IsOver => Fault is not null || expected == length;

    public ProxyFault? Fault { get; private set; }

    /// <summary>So many bytes of <see cref="Output"/> were sent.</summary>
    public void Sent(int count) => Output = Output[count..];

    /// <summary>So many bytes were put into <see cref="Room"/>.</summary>
    public void Received(int count)
    {
        length += count;
        if (length == expected)
            Read(answer.AsSpan(0, length));
    }

    /// <summary>The proxy sends no more.</summary>
    public void Closed() => Fault = ProxyFault.Closed;

    protected void Send(ReadOnlyMemory<byte> bytes) => Output = bytes;

    /// <summary>So many bytes must follow at least.</summary>
    protected void Expect(int more)
    {
        if (length + more > answer.Length)
            Fault = ProxyFault.TooLong;
        else
            expected = length + more;
    }

    protected void Fail(ProxyFault fault) => Fault = fault;

    /// <summary>
    /// Reads on, when all expected bytes have come: it expects more, or fails, or does neither, and then there is a tunnel.
    /// </summary>
    /// <param name="received">All that the proxy has sent.</param>
    protected abstract void Read(ReadOnlySpan<byte> received);
}
