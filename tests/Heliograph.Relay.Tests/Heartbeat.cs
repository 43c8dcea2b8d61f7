[assembly: AssemblyFixture(typeof(Heliograph.Testing.SocketHeartbeat))]
