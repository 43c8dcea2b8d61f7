namespace Heliograph.Machine;

/// <summary>Checks whether OpenSSL 3 is installed.</summary>
internal static class OpenSslCheck
{
    public const string Name = "openssl";

    public static Finding Run()
    {
        try
        {
            ProcessSetup.RequireOpenSsl();
            return new(Name, Severity.Ok, "OpenSSL 3 is installed");
        }
        catch (StartException exception)
        {
            var (seen, remedy) = exception.Message.Split("; ", 2) is [var first, var rest] ? (first, rest) : (exception.Message, null);
            return new(Name, Severity.Failure, seen, remedy);
        }
    }
}
