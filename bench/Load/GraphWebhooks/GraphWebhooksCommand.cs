using System.CommandLine;

namespace Switchboard.Load.GraphWebhooks;

/// <summary>The command <c>graph-webhooks</c>.</summary>
internal static class GraphWebhooksCommand
{
    public static Command Create()
    {
        var seconds = LoadCommand.Number("--seconds", "How long notifications are sent.", 30, 1, 86_400);
        var connections = LoadCommand.Number("--connections", "How many connections send at once.", 32, 1, 10_000);
        var rate = LoadCommand.Rate("notifications", "notification");
        var accounts = LoadCommand.Number("--accounts", "How many mailboxes are connected.", 4, 1, 1_000);
        var mails = LoadCommand.Number("--mails", "How many mails are told of, in all mailboxes together, the first again after the last.", 2_000, 1, 1_000_000);
        var state = new Option<string>("--client-state") { Description = "The secret that each notification carries.", DefaultValueFactory = _ => "demo-state" };
        var lift = LoadCommand.LiftLimits();
        var (edge, simulator, key) = (LoadCommand.Edge(), LoadCommand.Simulator(), LoadCommand.Key());
        var patience = LoadCommand.Number("--patience-seconds", "How long to wait for tracked mails when none comes any more.", 60, 1, 3_600);

        var command = new Command(
            "graph-webhooks",
            "Connects mailboxes of Microsoft 365, puts mails that were sent into them so that nobody is told, tells of them itself by change "
            + "notifications at /api/webhooks/graph, and checks that every mail of an accepted notification is tracked, once. "
            + "Above 5000 notifications a second the house must allow more than 300000 a minute: RateLimits__Webhooks__Permits=10000000 ./run.sh. "
            + "Exit code 1 when something was lost or doubled, 2 when the load could not be put on.")
        {
            seconds, connections, rate, accounts, mails, state, lift, edge, simulator, key, patience,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new GraphWebhooksOptions
            {
                Seconds = parsed.GetValue(seconds),
                Connections = parsed.GetValue(connections),
                Rate = parsed.GetValue(rate),
                Accounts = parsed.GetValue(accounts),
                Mails = parsed.GetValue(mails),
                ClientState = parsed.GetValue(state)!,
                LiftLimits = parsed.GetValue(lift),
                Edge = parsed.GetValue(edge)!,
                Simulator = parsed.GetValue(simulator)!,
                Key = parsed.GetValue(key)!,
                PatienceSeconds = parsed.GetValue(patience),
            },
            cancellation));
        return command;
    }

    private static Task<int> RunAsync(GraphWebhooksOptions options, CancellationToken cancellation) => LoadCommand.RunAsync(
        progress => new GraphWebhooksScenario(options, progress, TimeProvider.System).RunAsync(cancellation),
        GraphWebhooksJson.Default.GraphWebhooksReport,
        report => report.IsFine);
}
