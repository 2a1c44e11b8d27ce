using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Reporting;

namespace Switchboard.Load.Tracking.GraphWebhooks;

/// <summary>The command <c>graph-webhooks</c>.</summary>
internal static class GraphWebhooksCommand
{
    public static Command Create()
    {
        var sending = new SendingArguments("notifications", "notification", "tracked mail")
        {
            Seconds = LoadCommand.Number("--seconds", "How long notifications are sent.", 30, 1, 86_400),
        };
        var accounts = LoadCommand.Number("--accounts", "How many mailboxes are connected.", 4, 1, 1_000);
        var mails = LoadCommand.Number(
            "--mails", "How many mails are notified of, in all mailboxes together, starting over after the last.", 2_000, 1, 1_000_000);
        var state = new Option<string>("--client-state")
        {
            Description = "The secret that each notification carries.",
            DefaultValueFactory = _ => "demo-state",
        };
        var lift = LoadCommand.LiftLimits();

        var command = new Command(
            "graph-webhooks",
            "Connects mailboxes of Microsoft 365, adds sent mails without the simulator notifying anybody, posts the change "
            + "notifications to /api/webhooks/graph itself, and checks that every mail of an accepted notification is tracked once. "
            + "Above 5000 notifications a second the product must allow more than 300000 a minute: "
            + "RateLimits__Webhooks__Permits=10000000 ./run.sh. "
            + "Exit code 1 when something was lost or duplicated, 2 when the load could not run.")
        {
            accounts, mails, state, lift,
        };
        sending.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new GraphWebhooksOptions(sending.Read(parsed))
            {
                Accounts = parsed.GetValue(accounts),
                Mails = parsed.GetValue(mails),
                ClientState = parsed.GetValue(state)!,
                LiftLimits = parsed.GetValue(lift),
            },
            cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(GraphWebhooksOptions options, CancellationToken cancellationToken) => LoadCommand.RunAsync(
        progress => new GraphWebhooksScenario(options, progress, TimeProvider.System).RunAsync(cancellationToken),
        GraphWebhooksJson.Default.GraphWebhooksReport,
        report => report.IsFine);
}

/// <summary>The options of <c>graph-webhooks</c>.</summary>
internal sealed record GraphWebhooksOptions : SendingOptions
{
    public GraphWebhooksOptions()
    {
    }

    [SetsRequiredMembers]
    public GraphWebhooksOptions(SendingOptions sending)
        : base(sending)
    {
    }

    public int Accounts { get; init; } = 4;

    /// <summary>
    /// How many mails the notifications are about, in all accounts together; each has several when there are more notifications.
    /// </summary>
    public int Mails { get; init; } = 2_000;

    public string ClientState { get; init; } = "demo-state";

    /// <summary>Whether the simulator's mailboxes accept any number of requests.</summary>
    public bool LiftLimits { get; init; }
}

/// <summary>The JSON line that the command prints.</summary>
/// <param name="Accepted">Notifications that were accepted.</param>
/// <param name="AcceptedPerSecond">Over the time of the load.</param>
/// <param name="AcceptMs">From when a notification was to be sent to the answer.</param>
/// <param name="Mails">Mails that accepted notifications were about.</param>
/// <param name="Tracked">How many of them are tracked.</param>
/// <param name="Lost">How many are not.</param>
/// <param name="Duplicated">Tracked mails beyond the first for the same mail.</param>
/// <param name="TrackedSeconds">From the first notification to when the last mail was recorded; null when none was.</param>
/// <param name="GraphRequests">Requests to the mailboxes, each one of a batch counted.</param>
/// <param name="Throttled">How many of them were throttled.</param>
/// <param name="Rejected">Answers 429 and 503.</param>
/// <param name="Errors">Other failures.</param>
/// <param name="Seconds">How long the load was on.</param>
internal sealed record GraphWebhooksReport(
    long Accepted,
    double AcceptedPerSecond,
    Percentiles AcceptMs,
    long Mails,
    long Tracked,
    long Lost,
    long Duplicated,
    double? TrackedSeconds,
    long GraphRequests,
    long Throttled,
    long Rejected,
    long Errors,
    double Seconds)
{
    [JsonIgnore]
    public bool IsFine => Accepted > 0 && Lost == 0 && Duplicated == 0;
}

/// <summary>The JSON that is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChangeNotification))]
[JsonSerializable(typeof(GraphWebhooksReport))]
internal sealed partial class GraphWebhooksJson : JsonSerializerContext;
