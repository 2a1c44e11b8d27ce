using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Load.Tracking.Ingest;

/// <summary>The command <c>ingest</c>.</summary>
internal static class IngestCommand
{
    // a reply is waited for 90 days; the simulator does not know of anything older that it has expired
    private const int MaxDays = 80;

    public static Command Create()
    {
        var mails = LoadCommand.Number(
            "--mails", "How many mails were sent, from all accounts together; received mails come on top.", 10_000, 1, 10_000_000);
        var replies = LoadCommand.Share("--reply-rate", "The share of them that was answered.", 0.4);
        var autoReplies = LoadCommand.Share("--auto-reply-rate", "The share that got an automatic reply.", 0.05);
        var bounces = LoadCommand.Share("--bounce-rate", "The share that bounced.", 0.02);
        var span = LoadCommand.Number("--span-days", "Over how many days, up to now, they were sent.", 30, 1, MaxDays);
        var batch = LoadCommand.Number("--batch-size", "How many mails the product reads in a page.", 100, 1, 1_000);
        var accounts = LoadCommand.Number("--accounts", "How many mailboxes share them; they are synced at the same time.", 1, 1, 100);
        var lift = LoadCommand.LiftLimits();
        var (edge, simulator, key) = (LoadCommand.Edge(), LoadCommand.Simulator(), LoadCommand.Key());
        var patience = LoadCommand.Number("--patience-seconds", "How long to wait for a sync that makes no progress.", 60, 1, 3_600);
        var ingest = LoadCommand.IngestPid();

        var command = new Command(
            "ingest",
            "Has the simulator make mailboxes of Microsoft 365, connects them for a user that it makes, syncs them "
            + "through /api/emails/sync, and then checks every sent mail against what the simulator knows: that it is tracked once, "
            + "its status, its response time, its automatic reply; and the analytics over them. "
            + "Exit code 1 when something was lost, duplicated, wrong or miscounted, 2 when the load could not run.")
        {
            mails, replies, autoReplies, bounces, span, batch, accounts, lift, edge, simulator, key, patience, ingest,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
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
            cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(IngestOptions options, CancellationToken cancellationToken) => LoadCommand.RunAsync(
        progress => new IngestScenario(options, progress, TimeProvider.System).RunAsync(cancellationToken),
        IngestJson.Default.IngestReport,
        report => report.IsFine);
}

/// <summary>The options of <c>ingest</c>.</summary>
internal sealed record IngestOptions
{
    /// <summary>How many mails were sent, from all accounts together.</summary>
    public required int Mails { get; init; }

    public required Uri Edge { get; init; }

    public required Uri Simulator { get; init; }

    public required string Key { get; init; }

    public double ReplyRate { get; init; } = 0.4;

    public double AutoReplyRate { get; init; } = 0.05;

    public double BounceRate { get; init; } = 0.02;

    public int SpanDays { get; init; } = 30;

    public int BatchSize { get; init; } = 100;

    public int Accounts { get; init; } = 1;

    /// <summary>Whether the simulator's mailboxes accept any number of requests.</summary>
    public bool LiftLimits { get; init; }

    public int PatienceSeconds { get; init; } = 60;

    /// <summary>The process whose memory is watched; null looks for it by its name.</summary>
    public int? IngestPid { get; init; }
}

/// <summary>The JSON line that the command prints.</summary>
/// <param name="Mails">How many mails the syncs say they read, sent and received.</param>
/// <param name="ExpectedMails">How many there are in the mailboxes.</param>
/// <param name="Sent">How many of these were sent, and so should be tracked.</param>
/// <param name="SyncSeconds">From the start of the first sync to the end of the last one, by the product's timestamps.</param>
/// <param name="MailsPerSecond">Mails read in this time.</param>
/// <param name="ProgressSeen">How often progress of a running sync was seen.</param>
/// <param name="Lost">Sent mails that are not tracked.</param>
/// <param name="Duplicated">Tracked mails beyond the first for the same sent mail.</param>
/// <param name="Wrong">Tracked mails whose status, response time or automatic reply is not right, or that were never sent.</param>
/// <param name="Errors">Mails that the syncs could not read, and syncs that were not completed.</param>
/// <param name="AnalyticsMatch">Whether all analytics are as the simulator expects.</param>
/// <param name="GraphRequests">Requests to the mailboxes, each one of a batch counted.</param>
/// <param name="Throttled">How many of them were throttled.</param>
/// <param name="IngestPeakWorkingSetMb">The most memory of Workers.Ingest during the syncs; null when it was not found.</param>
/// <param name="IngestGrowthMb">By how much that is more than before.</param>
internal sealed record IngestReport(
    long Mails,
    long ExpectedMails,
    long Sent,
    double SyncSeconds,
    double MailsPerSecond,
    int ProgressSeen,
    long Lost,
    long Duplicated,
    long Wrong,
    long Errors,
    bool AnalyticsMatch,
    long GraphRequests,
    long Throttled,
    double? IngestPeakWorkingSetMb,
    double? IngestGrowthMb)
{
    [JsonIgnore]
    public bool IsFine => Lost == 0 && Duplicated == 0 && Wrong == 0 && Errors == 0 && Mails == ExpectedMails && AnalyticsMatch;
}

/// <summary>The JSON that is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewSync))]
[JsonSerializable(typeof(SyncState))]
[JsonSerializable(typeof(ExpectedEmailPage))]
[JsonSerializable(typeof(ExpectedAnalytics))]
[JsonSerializable(typeof(EmailAnalytics))]
[JsonSerializable(typeof(IngestReport))]
internal sealed partial class IngestJson : JsonSerializerContext;
