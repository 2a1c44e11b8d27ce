using System.CommandLine;

namespace Switchboard.Load.Ingest;

/// <summary>The command <c>ingest</c>.</summary>
internal static class IngestCommand
{
    // an answer is waited for 90 days: of what is older the simulator would not know that it has expired
    private const int MostDays = 80;

    public static Command Create()
    {
        var mails = LoadCommand.Number("--mails", "How many mails were sent, from all accounts together; what came in is read beside them.", 10_000, 1, 10_000_000);
        var replies = LoadCommand.Share("--reply-rate", "The share of them that was answered.", 0.4);
        var autoReplies = LoadCommand.Share("--auto-reply-rate", "The share that met an automatic reply.", 0.05);
        var bounces = LoadCommand.Share("--bounce-rate", "The share that came back.", 0.02);
        var span = LoadCommand.Number("--span-days", "Over how many days, up to now, they were sent.", 30, 1, MostDays);
        var batch = LoadCommand.Number("--batch-size", "How many mails the product reads in a page.", 100, 1, 1_000);
        var accounts = LoadCommand.Number("--accounts", "How many mailboxes share them; they are synced at the same time.", 1, 1, 100);
        var lift = LoadCommand.LiftLimits();
        var (edge, simulator, key) = (LoadCommand.Edge(), LoadCommand.Simulator(), LoadCommand.Key());
        var patience = LoadCommand.Number("--patience-seconds", "How long to wait for a sync that does not move any more.", 60, 1, 3_600);
        var ingest = LoadCommand.IngestPid();

        var command = new Command(
            "ingest",
            "Has the simulator make mailboxes of Microsoft 365, connects them for a user that it makes, syncs them through /api/emails/sync, and "
            + "then checks every sent mail, one by one, against what the simulator knows: that it is tracked once, its status, its response time, its "
            + "automatic reply; and the analytics over them. "
            + "Exit code 1 when something was lost, doubled, wrong or miscounted, 2 when the load could not be put on.")
        {
            mails, replies, autoReplies, bounces, span, batch, accounts, lift, edge, simulator, key, patience, ingest,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new IngestOptions
            {
                Mails = parsed.GetValue(mails),
                ReplyRate = parsed.GetValue(replies),
                AutoReplyRate = parsed.GetValue(autoReplies),
                BounceRate = parsed.GetValue(bounces),
                SpanDays = parsed.GetValue(span),
                BatchSize = parsed.GetValue(batch),
                Accounts = parsed.GetValue(accounts),
                LiftLimits = parsed.GetValue(lift),
                Edge = parsed.GetValue(edge)!,
                Simulator = parsed.GetValue(simulator)!,
                Key = parsed.GetValue(key)!,
                PatienceSeconds = parsed.GetValue(patience),
                IngestPid = parsed.GetValue(ingest),
            },
            cancellation));
        return command;
    }

    private static Task<int> RunAsync(IngestOptions options, CancellationToken cancellation) => LoadCommand.RunAsync(
        progress => new IngestScenario(options, progress, TimeProvider.System).RunAsync(cancellation), IngestJson.Default.IngestReport, report => report.IsFine);
}
