using Heliograph.Fuzz;
using SharpFuzz;

// bench/fuzz is what people start; this is what it starts.
switch (args)
{
    case ["list"]:
        foreach (var target in FuzzTarget.All)
            Console.WriteLine($"{target.Name,-14} {target.Description}");
        return 0;
    case ["instrument", var directory]:
        Instrumentation.Apply(directory);
        return 0;
    case ["largest-input", var name] when FuzzTarget.Find(name) is { } target:
        Console.WriteLine(target.LargestInput);
        return 0;
    // Under afl-fuzz: a child does the work, and one that dies or hangs is replaced.
    case ["run", var name] when FuzzTarget.Find(name) is { } target:
        Fuzzer.OutOfProcess.Run(new TargetRunner(target).Run);
        return 0;
    case ["replay", var name, _, ..] when FuzzTarget.Find(name) is { } target:
        return Replay.Run(target, args[2..]);
    case ["run" or "replay" or "largest-input", var name, ..] when FuzzTarget.Find(name) is null:
        Console.Error.WriteLine($"fuzz: there is no target '{name}'; ./bench/fuzz list names them");
        return 2;
    default:
        Console.Error.WriteLine("fuzz: started by ./bench/fuzz; see ./bench/fuzz --help");
        return 2;
}
