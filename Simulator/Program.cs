using Switchboard.Simulator;

await SimulatorHost.Build(args).RunAsync();
