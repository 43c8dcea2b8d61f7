namespace Heliograph.Fuzz;

/// <summary>Gives files to a target, and tells what came of each.</summary>
internal static class Replay
{
    /// <returns>The exit code: 0 if none shows a fault.</returns>
    public static int Run(FuzzTarget target, string[] files)
    {
        var runner = new TargetRunner(target);
        var faults = 0;
        foreach (var file in files)
        {
            try
            {
                runner.Run(File.ReadAllBytes(file));
            }
            catch (Exception exception)
                when (exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"fuzz: {file} cannot be read: {exception.Message}");
                return 2;
            }
            catch (Exception exception)
            {
                faults++;
                Console.Error.WriteLine($"{file}: {exception}");
            }
        }
        Console.WriteLine($"{target.Name}: {files.Length} replayed, {faults} with a fault");
        return faults == 0 ? 0 : 1;
    }
}
