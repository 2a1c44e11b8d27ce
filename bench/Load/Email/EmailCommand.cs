using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Reporting;

namespace Switchboard.Load.Email;

/// <summary>The command <c>email</c>.</summary>
internal static class EmailCommand
{
    public static Command Create()
    {
        var sending = new SendingArguments("mails", "mail", "delivery");
        var users = LoadCommand.Number("--users", "How many users are made, each with ten rules.", 100, 1, 10_000);

        var command = new Command(
            "email",
            "Posts single mails to /api/webhooks/email for users that it makes (a tenth of the mails matches nothing), waits until all "
            + "notifications are delivered, and checks that every accepted mail led to exactly the expected ones, "
            + "in the product's API and at the simulator. "
            + "Exit code 1 when something was lost, duplicated or unexpected, 2 when the load could not run.")
        {
            users,
        };
        sending.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new EmailOptions(sending.Read(parsed)) { Users = parsed.GetValue(users) }, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(EmailOptions options, CancellationToken cancellationToken) => LoadCommand.RunAsync(
        progress => new EmailScenario(options, progress, TimeProvider.System).RunAsync(cancellationToken),
        EmailJson.Default.EmailReport,
        report => report.IsFine);
}

/// <summary>The options of <c>email</c>.</summary>
internal sealed record EmailOptions : SendingOptions
{
    public EmailOptions()
    {
    }

    [SetsRequiredMembers]
    public EmailOptions(SendingOptions sending)
        : base(sending)
    {
    }

    public int Users { get; init; } = 100;
}

/// <summary>The JSON line that the command prints.</summary>
/// <param name="Accepted">Mails that were answered with 2xx.</param>
/// <param name="AcceptedPerSecond">Over the time of the load.</param>
/// <param name="DeliveredPerSecond">Notifications, from the first mail to the last delivery.</param>
/// <param name="AcceptMs">From when a mail was to be sent to the answer.</param>
/// <param name="SentMs">From when a mail was to be sent to the time at which the product says the provider had taken its notification.</param>
/// <param name="EndToEndMs">From when a mail was to be sent to the time at which the product says its notification was delivered.</param>
/// <param name="Lost">Notifications that accepted mails should have led to, and did not.</param>
/// <param name="Duplicated">Notifications or messages beyond the first for a mail and rule.</param>
/// <param name="Unexpected">Notifications of rules that should not have matched.</param>
/// <param name="Notifications">How many the accepted mails should lead to.</param>
/// <param name="Rejected">Answers 429 and 503.</param>
/// <param name="Errors">Other failures.</param>
/// <param name="Seconds">How long the load was on.</param>
internal sealed record EmailReport(
    long Accepted,
    double AcceptedPerSecond,
    double DeliveredPerSecond,
    Percentiles AcceptMs,
    Percentiles SentMs,
    Percentiles EndToEndMs,
    long Lost,
    long Duplicated,
    long Unexpected,
    long Notifications,
    long Rejected,
    long Errors,
    double Seconds)
{
    [JsonIgnore]
    public bool IsFine => Lost == 0 && Duplicated == 0 && Unexpected == 0;
}

/// <summary>The JSON that is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewRule))]
[JsonSerializable(typeof(EmailBody))]
[JsonSerializable(typeof(Summary))]
[JsonSerializable(typeof(NotificationPage))]
[JsonSerializable(typeof(SimulatorPage))]
[JsonSerializable(typeof(SimulatorCount))]
[JsonSerializable(typeof(EmailReport))]
internal sealed partial class EmailJson : JsonSerializerContext;
