using System.CommandLine;

namespace Switchboard.Load.Email;

/// <summary>The command <c>email</c>.</summary>
internal static class EmailCommand
{
    public static Command Create()
    {
        var seconds = LoadCommand.Number("--seconds", "How long mails are sent.", 20, 1, 86_400);
        var connections = LoadCommand.Number("--connections", "How many connections send at once.", 32, 1, 10_000);
        var rate = LoadCommand.Rate("mails", "mail");
        var users = LoadCommand.Number("--users", "How many users are made, each with ten rules.", 100, 1, 10_000);
        var (edge, simulator, key) = (LoadCommand.Edge(), LoadCommand.Simulator(), LoadCommand.Key());
        var patience = LoadCommand.Number("--patience-seconds", "How long to wait for deliveries when none comes any more.", 60, 1, 3_600);

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

    private static Task<int> RunAsync(EmailOptions options, CancellationToken cancellation) => LoadCommand.RunAsync(
        progress => new EmailScenario(options, progress, TimeProvider.System).RunAsync(cancellation), EmailJson.Default.EmailReport, report => report.IsFine);
}
