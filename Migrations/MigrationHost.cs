using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Security;

namespace Switchboard.Migrations;

/// <summary>What every command of this program has: configuration, log, telemetry, the database; and what each start does.</summary>
internal static class MigrationHost
{
    /// <summary>What is refused ends the program with this.</summary>
    private const int Refused = 1;

    /// <summary>Runs a command; what it refuses is said on standard error.</summary>
    public static async Task<int> RunAsync(
        Func<IServiceProvider, CancellationToken, Task> command,
        CancellationToken cancellationToken,
        bool ownsOutput = false,
        Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddServiceDefaults();
        builder.Services.AddLogRedaction();
        builder.AddNpgsqlDataSource("switchboard");
        // standard output is what the command says
        if (ownsOutput)
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(MigrationScript.All());
        builder.Services.AddSingleton<Migrator>().AddSingleton<ProcessRoles>().AddSingleton<BrokerUsers>();
        builder.Services.AddSingleton<BootstrapAdmin>().AddSingleton<DemoKey>();
        if (builder.Environment.IsDevelopment())
            builder.Services.AddSecretProtector().AddSingleton<DemoData>();
        configure?.Invoke(builder.Services);

        using var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            await command(host.Services, cancellationToken);
            await host.StopAsync(cancellationToken);
            return 0;
        }
        catch (InvalidOperationException refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return Refused;
        }
    }

    /// <summary>Database and broker as they are to be; with the demo data in Development, else with who is to be administrator.</summary>
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await MigrateAsync(services, cancellationToken);
        await services.GetRequiredService<BrokerUsers>().ApplyAsync(cancellationToken);
        if (services.GetService<DemoData>() is { } demo)
            await demo.ApplyAsync(cancellationToken);
        var bootstrap = services.GetRequiredService<IConfiguration>().GetSection(NewAdmin.Section).Get<NewAdmin>();
        if (bootstrap?.AdminEmail is { Length: > 0 })
            await services.GetRequiredService<BootstrapAdmin>().RunAsync(bootstrap, Console.Out, cancellationToken);
    }

    /// <summary>Applies what is missing, and gives each process its rights. A database of Development is refused elsewhere.</summary>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<Migrator>().ApplyAsync(cancellationToken);
        await services.GetRequiredService<DemoKey>().RefuseAsync(cancellationToken);
        await services.GetRequiredService<ProcessRoles>().ApplyAsync(cancellationToken);
    }
}
