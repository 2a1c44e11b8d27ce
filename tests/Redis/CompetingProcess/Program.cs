using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using StackExchange.Redis;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Tests.CompetingProcess;

// A separate process that takes permits or slots of one key as fast as it may, from the line "go" until its standard input ends.
// Prints "ready", then what it was given, one a line.
var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["Redis:HeartbeatMs"] = "50",
    // on a busy machine an answer may take longer
    ["Redis:RedisTimeoutMs"] = "1000",
    ["Limits:SlotSeconds"] = settings["slotSeconds"] ?? "15",
    ["Limits:AskAgainMs"] = "200",
});
builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(settings["redis"]!));
builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(settings["postgres"]!));
builder.Services.AddProviderLimits();
using var host = builder.Build();
await host.StartAsync();

var redis = host.Services.GetRequiredService<RedisConnection>();
using (var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10)))
{
    while (!redis.IsAvailable)
        await timer.WaitForNextTickAsync();
}

var load = new LimitLoad(host.Services, settings["key"]!, int.Parse(settings["limit"]!, CultureInfo.InvariantCulture),
    TimeSpan.FromMilliseconds(int.Parse(settings["windowMs"]!, CultureInfo.InvariantCulture)),
    int.Parse(settings["pauseMs"]!, CultureInfo.InvariantCulture));
await load.WarmUpAsync();
Console.WriteLine("ready");
if (await Console.In.ReadLineAsync() != "go")
    return;
using var over = new CancellationTokenSource();
var workers = Enumerable.Range(0, int.Parse(settings["workers"]!, CultureInfo.InvariantCulture))
    .Select(_ => Task.Run(() => settings["what"] == "slots" ? load.TakeSlotsAsync(over.Token) : load.TakePermitsAsync(over.Token)))
    .ToArray();
await Console.In.ReadLineAsync();
await over.CancelAsync();
await Task.WhenAll(workers);
await load.WriteAsync(Console.Out);
await host.StopAsync();
