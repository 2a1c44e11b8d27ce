using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Load.Notify;

/// <summary>The command <c>notify</c>.</summary>
internal static class NotifyCommand
{
    private static readonly string[] FourChannels = ["whatsapp", "sms", "inbox", "email"];

    public static Command Create()
    {
        var recipients = LoadCommand.Number("--recipients", "How many recipients follow the topic.", 10_000, 10, 100_000);
        var channels = new Option<string[]>("--channels")
        {
            Description = "Over which channels: whatsapp, sms, inbox, email; all four if left out.",
            DefaultValueFactory = _ => FourChannels,
            AllowMultipleArgumentsPerToken = true,
        };
        channels.AcceptOnlyFromAmong(FourChannels);
        var (edge, simulator, key) = (LoadCommand.Edge(), LoadCommand.Simulator(), LoadCommand.Key());
        var patience = LoadCommand.Number("--patience-seconds", "How long to wait without a new delivery before giving up.", 60, 1, 3_600);

        var command = new Command(
            "notify",
            "Makes recipients that follow a topic, of whom each tenth does not want SMS, tells them all by one call of /api/notify over several "
            + "channels, waits until everything is delivered, and checks in the product's API and at the simulator that each got it once over "
            + "each channel that they want. "
            + "Exit code 1 when something was lost, duplicated or unexpected, 2 when the load could not run.")
        {
            recipients, channels, edge, simulator, key, patience,
        };
        command.SetAction((parsed, cancellationToken) => LoadCommand.RunAsync(
            progress => new NotifyScenario(
                new(
                    parsed.GetValue(recipients), parsed.GetValue(channels)!, parsed.GetValue(edge)!, parsed.GetValue(simulator)!,
                    parsed.GetValue(key)!, TimeSpan.FromSeconds(parsed.GetValue(patience))),
                progress, TimeProvider.System).RunAsync(cancellationToken),
            NotifyJson.Default.NotifyReport,
            report => report.IsFine));
        return command;
    }
}

/// <summary>The options of <c>notify</c>.</summary>
internal sealed record NotifyOptions(int Recipients, IReadOnlyList<string> Channels, Uri Edge, Uri Simulator, string Key, TimeSpan Patience);

/// <summary>The JSON line that the command prints.</summary>
/// <param name="Recipients">How many follow the topic.</param>
/// <param name="Messages">How many messages they should get.</param>
/// <param name="PostMs">How long the one call took.</param>
/// <param name="PlannedSeconds">From the call until the last recipient was planned.</param>
/// <param name="Seconds">From the call until the last message was delivered.</param>
/// <param name="MessagesPerSecond">Over that time.</param>
/// <param name="Counts">Deliveries by state, as the product says.</param>
/// <param name="Lost">Messages that did not arrive.</param>
/// <param name="Duplicated">Messages at the simulator beyond the first for a recipient.</param>
/// <param name="Unexpected">Messages to who does not want them.</param>
internal sealed record NotifyReport(
    int Recipients,
    long Messages,
    double PostMs,
    double PlannedSeconds,
    double Seconds,
    double MessagesPerSecond,
    IReadOnlyDictionary<string, long> Counts,
    long Lost,
    long Duplicated,
    long Unexpected)
{
    [JsonIgnore]
    public bool IsFine => Lost == 0 && Duplicated == 0 && Unexpected == 0;
}

/// <summary>The JSON that is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewRecipient))]
[JsonSerializable(typeof(NewTopic))]
[JsonSerializable(typeof(NewMembers))]
[JsonSerializable(typeof(NewNotify))]
[JsonSerializable(typeof(Preferences))]
[JsonSerializable(typeof(Made))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
[JsonSerializable(typeof(NotifyPage))]
[JsonSerializable(typeof(ChannelCounts))]
[JsonSerializable(typeof(SentPage))]
[JsonSerializable(typeof(NotifyReport))]
internal sealed partial class NotifyJson : JsonSerializerContext;
