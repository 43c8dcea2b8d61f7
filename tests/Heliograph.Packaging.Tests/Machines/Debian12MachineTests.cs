namespace Heliograph.Packaging.Tests.Machines;

/// <summary>With systemd 252.</summary>
[Trait("Needs", "vm")]
public sealed class Debian12MachineTests(Debian12Machine machine) : MachineTests<Debian12Machine>(machine);

public sealed class Debian12Machine() : InstalledMachine("bookworm");
