using System.Runtime.InteropServices;
using System.Text;

namespace Heliograph.Platform;

/// <summary>Looks at the operator's program when the system does not run it, or when it fails.</summary>
internal static class HookFile
{
    // errno(3) of execve(2) on Linux.
    private const int Enoent = 2;
    private const int Enoexec = 8;
    private const int Eacces = 13;
    private const int Etxtbsy = 26;

    /// <summary>Linux reads no more of a "#!" line (BINPRM_BUF_SIZE).</summary>
    private const int LongestFirstLine = 256;

    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Why it cannot be started and what to do, continuing "it cannot be started: ".</summary>
    public static string Explain(string program, int error)
    {
        try
        {
            if (Directory.Exists(program))
                return "it is a directory; give the absolute path of an executable file";
            return error switch
            {
                Enoent when !File.Exists(program) => "there is no such file; give the absolute path of an executable file",
                Enoent => ExplainInterpreter(program),
                Enoexec => ExplainFormat(program),
                Eacces when File.Exists(program) && (File.GetUnixFileMode(program) & AnyExecute) == UnixFileMode.None =>
                    $"it is not executable; make it so with: chmod +x {program}",
                Eacces =>
                    $"user {Environment.UserName} may not run it, or its file system is mounted with noexec " +
                    "(Permission denied)",
                Etxtbsy => "another program is writing it at this moment (Text file busy)",
                _ => Marshal.GetPInvokeErrorMessage(error),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Marshal.GetPInvokeErrorMessage(error);
        }
    }

    /// <summary>A script that was edited on Windows: the carriage return becomes a part of the interpreter's name or options.</summary>
    /// <returns>Null if it is none.</returns>
    public static string? ExplainCarriageReturn(string program)
    {
        try
        {
            return FirstLine(program) is { } line && line.StartsWith("#!", StringComparison.Ordinal) && line.EndsWith('\r')
                ? $"its first line, \"{line.TrimEnd('\r')}\", has a Windows line end (CRLF); remove them with: sed -i 's/\\r$//' {program}"
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The file is there, and what it names is not.</summary>
    private static string ExplainInterpreter(string program)
    {
        if (ExplainCarriageReturn(program) is { } carriageReturn)
            return carriageReturn;
        var line = FirstLine(program);
        return line.StartsWith("#!", StringComparison.Ordinal)
            ? $"its first line, \"{line}\", names an interpreter that does not exist; install it or correct the line"
            : "the loader that it needs (\"file\" names it) does not exist on this system";
    }

    private static string ExplainFormat(string program)
    {
        var line = FirstLine(program);
        return line.Length == 0 && new FileInfo(program).Length == 0 ? "it is empty"
            : line.StartsWith("\u007fELF", StringComparison.Ordinal) ? "it was built for another processor or system (Exec format error)"
            : line.StartsWith("\u00ef\u00bb\u00bf", StringComparison.Ordinal)
                ? "it begins with a byte order mark, which may not stand before \"#!\"; save it without one"
            : "it has no \"#!\" line; its first line has to name its interpreter, such as #!/bin/sh";
    }

    private static string FirstLine(string program)
    {
        Span<byte> start = stackalloc byte[LongestFirstLine];
        using var file = File.OpenHandle(program);
        var read = RandomAccess.Read(file, start, fileOffset: 0);
        var line = Encoding.Latin1.GetString(start[..read]).Split('\n')[0];
        return string.Concat(line.Select(static c => char.IsControl(c) && c is not ('\r' or '\u007f') ? ' ' : c));
    }
}
