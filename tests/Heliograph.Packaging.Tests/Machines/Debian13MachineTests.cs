namespace Heliograph.Packaging.Tests.Machines;

/// <summary>With systemd 257.</summary>
[Trait("Needs", "vm")]
public sealed class Debian13MachineTests(Debian13Machine machine) : MachineTests<Debian13Machine>(machine);

public sealed class Debian13Machine() : InstalledMachine("trixie");
