using System.Net.Sockets;
using Heliograph.Platform;

namespace Heliograph;

/// <summary>
/// How an error that no other code expected is put to the operator. A full disk or a missing permission is for them to fix, so it is not
/// called a defect of the program.
/// </summary>
internal static class UnexpectedError
{
    public static string Describe(Exception exception) => exception switch
    {
        // The runtime's words for a lack of descriptors, threads or memory in the code that runs first.
        TypeInitializationException { InnerException: { } inner } => Describe(inner),
        // Also for a thread that cannot be started.
        OutOfMemoryException =>
            "there is too little memory, or the kernel allows too few threads; free some memory, or raise the limits of this user or " +
            "service (ulimit -a; systemctl show heliograph -p TasksMax -p MemoryMax)",
        IOException or UnauthorizedAccessException or SocketException or StorageException => exception.Message,
        _ => $"an unexpected error, please report it: {exception.GetType().Name}: {exception.Message}",
    };
}
