using System.CommandLine;
using Switchboard.Migrations;

var root = new RootCommand(
    "Brings Switchboard's database up to date: applies the migrations that it does not have yet. "
    + "Which database is in the environment: ConnectionStrings__switchboard=Host=…;Username=…;Password=…;Database=…")
{
    BootstrapAdmin.CreateCommand(),
    ReEncrypt.CreateCommand(),
};
root.SetAction((_, cancellationToken) => MigrationHost.RunAsync(MigrationHost.PrepareAsync, cancellationToken));

return await root.Parse(args).InvokeAsync();
