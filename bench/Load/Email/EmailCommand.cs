using System.CommandLine;
using System.Text.Json;

namespace Switchboard.Load.Email;

/// <summary>The command <c>email</c>.</summary>
internal static class EmailCommand
{
    public static Command Create()
    {
        var seconds = Number("--seconds", "How long mails are sent.", 20, 1, 86_400);
        var connections = Number("--connections", "How many connections send at once.", 32, 1, 10_000);
        var rate = new Option<double?>("--rate")
        {
            Description = "Mails a second, evenly spread, whatever becomes of them (open loop; latencies then count from when a mail was due). "
                + "Without it each connection sends the next mail when the last one is answered (closed loop).",
        };
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0 or > 1_000_000)
            {
                result.AddError("--rate must be over 0 and up to 1000000 mails a second.");
            }
        });
        var users = Number("--users", "How many users are made, each with ten rules.", 100, 1, 10_000);
        var edge = Address("--edge", "Where the product is.", "http://localhost:5080");
        var simulator = Address("--simulator", "Where the simulator is.", "http://localhost:5090");
        var key = new Option<string>("--key") { Description = "A key with the scope admin.", DefaultValueFactory = _ => "sb_demo" };
        var patience = Number("--patience-seconds", "How long to wait for deliveries when none comes any more.", 60, 1, 3_600);

        var command = new Command(
            "email",
            "Posts single mails to /api/webhooks/email for users that it makes (a tenth of the mails matches nothing), waits until all "
            + "notifications are delivered, and checks that every accepted mail led to exactly those that it should, in the product's API and at the simulator. "
            + "Exit code 1 when something was lost, doubled or unexpected, 2 when the load could not be put on.")
        {
            seconds, connections, rate, users, edge, simulator, key, patience,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new EmailOptions(
                parsed.GetValue(seconds),
                parsed.GetValue(connections),
                parsed.GetValue(rate),
                parsed.GetValue(users),
                parsed.GetValue(edge)!,
                parsed.GetValue(simulator)!,
                parsed.GetValue(key)!,
                parsed.GetValue(patience)),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(EmailOptions options, CancellationToken cancellation)
    {
        try
        {
            var report = await new EmailScenario(options, LoadProgress.OnStandardError(), TimeProvider.System).RunAsync(cancellation);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report, EmailJson.Default.EmailReport));
            return report.IsFine ? ExitCodes.Fine : ExitCodes.Broken;
        }
        catch (LoadException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.NotRun;
        }
    }

    private static Option<int> Number(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError($"{name} must be {least} to {most}.");
            }
        });
        return option;
    }

    private static Option<Uri> Address(string name, string description, string standard) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => new Uri(standard),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return address;
            }

            result.AddError($"{name} must be an address such as {standard}.");
            return null;
        },
    };
}
