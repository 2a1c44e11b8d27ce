using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Switchboard.Core.Security;
using Switchboard.Migrations;

var builder = Host.CreateApplicationBuilder(args);

builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("switchboard");
builder.Services.AddSingleton(MigrationScript.All());
builder.Services.AddSingleton<Migrator>();
if (builder.Environment.IsDevelopment())
{
    builder.Services.AddSecretProtector();
    builder.Services.AddSingleton<DemoData>();
}

using var host = builder.Build();
await host.StartAsync();
await host.Services.GetRequiredService<Migrator>().ApplyAsync(CancellationToken.None);
if (host.Services.GetService<DemoData>() is { } demo)
    await demo.ApplyAsync(CancellationToken.None);
await host.StopAsync();
