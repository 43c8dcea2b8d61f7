using System.Net.Sockets;
using Heliograph.Platform;

namespace Heliograph;

/// <summary>
/// How an error that no other code expected is put to the operator. A full disk or a missing permission is for them to fix, so it is not
/// called a defect of the program.
/// </summary>
internal static class UnexpectedError
{
    public static string Describe(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or SocketException or StorageException
            ? exception.Message
            : $"an unexpected error, please report it: {exception.GetType().Name}: {exception.Message}";
}
