using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Reporting;

namespace Switchboard.Load.Social;

/// <summary>The command <c>social</c>.</summary>
internal static class SocialCommand
{
    private static readonly string[] AllPlatforms = ["instagram", "facebook", "x", "linkedin", "mastodon", "bluesky"];

    public static Command Create()
    {
        var accounts = LoadCommand.Number("--accounts", "How many accounts there are, of all platforms alike.", 2_000, 1, 50_000);
        var users = LoadCommand.Number("--users", "How many users they belong to.", 10, 1, 1_000);
        var posts = LoadCommand.Number("--posts", "How many posts are due, each at one account.", 20_000, 1, 1_000_000);
        var seconds = LoadCommand.Number("--seconds", "Over how many seconds they are due, evenly.", 60, 1, 3_600);
        var lead = LoadCommand.Number("--lead-seconds", "How long before the first is due they are made.", 60, 1, 3_600);
        var lost = LoadCommand.Share("--lost", "The share of posts whose answers get lost after they were made.", 0.05);
        var throttled = LoadCommand.Share("--throttled", "The share of requests that platforms throttle.", 0.02);
        var platforms = new Option<string[]>("--platforms")
        {
            Description = $"Which platforms: {string.Join(", ", AllPlatforms)}; all if left out.",
            DefaultValueFactory = _ => AllPlatforms,
            AllowMultipleArgumentsPerToken = true,
        };
        platforms.AcceptOnlyFromAmong(AllPlatforms);
        var (edge, simulator, key) = (LoadCommand.Edge(), LoadCommand.Simulator(), LoadCommand.Key());
        // what is in doubt is looked for again and again for a minute
        var patience = LoadCommand.Number("--patience-seconds", "How long to wait without a change before giving up.", 120, 1, 3_600);

        var command = new Command(
            "social",
            "Connects accounts of social platforms, makes posts that are due in one minute, loses and throttles some answers of the platforms "
            + "meanwhile, waits until all is settled, and checks in the product's API and at the simulator that each was posted once, or is "
            + "said to be unknown. Exit code 1 when something was lost, duplicated or untrue, 2 when the load could not run.")
        {
            accounts, users, posts, seconds, lead, lost, throttled, platforms, edge, simulator, key, patience,
        };
        command.SetAction((parsed, cancellationToken) => LoadCommand.RunAsync(
            progress => new SocialScenario(
                new(
                    parsed.GetValue(accounts), Math.Min(parsed.GetValue(users), parsed.GetValue(accounts)), parsed.GetValue(posts),
                    TimeSpan.FromSeconds(parsed.GetValue(seconds)), TimeSpan.FromSeconds(parsed.GetValue(lead)), parsed.GetValue(lost),
                    parsed.GetValue(throttled), parsed.GetValue(platforms)!, parsed.GetValue(edge)!, parsed.GetValue(simulator)!,
                    parsed.GetValue(key)!, TimeSpan.FromSeconds(parsed.GetValue(patience))),
                progress, TimeProvider.System).RunAsync(cancellationToken),
            SocialJson.Default.SocialReport,
            report => report.IsFine));
        return command;
    }
}

/// <summary>The options of <c>social</c>.</summary>
internal sealed record SocialOptions(
    int Accounts, int Users, int Posts, TimeSpan Spread, TimeSpan Lead, double Lost, double Throttled, IReadOnlyList<string> Platforms,
    Uri Edge, Uri Simulator, string Key, TimeSpan Patience);

/// <summary>The JSON line that the command prints.</summary>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="Messages">How many posts were due.</param>
/// <param name="Seconds">From when the first was due until the last was posted.</param>
/// <param name="MessagesPerSecond">Over that time.</param>
/// <param name="EndToEndMs">Punctuality: from when a post was due until the platform had it.</param>
/// <param name="States">How many posts the product says are in which state.</param>
/// <param name="LostAnswers">How many answers got lost after the post was made.</param>
/// <param name="ThrottledAnswers">How many requests were throttled.</param>
/// <param name="Unknown">Posts that the product says it does not know of.</param>
/// <param name="Lost">Posts that the platform does not have and the product does not say are unknown.</param>
/// <param name="Duplicated">Posts at the platforms beyond the first for each.</param>
/// <param name="Untrue">Posts that the platform has and the product says are not published.</param>
internal sealed record SocialReport(
    int Accounts,
    int Messages,
    double Seconds,
    double MessagesPerSecond,
    Percentiles EndToEndMs,
    IReadOnlyDictionary<string, int> States,
    long LostAnswers,
    long ThrottledAnswers,
    long Unknown,
    long Lost,
    long Duplicated,
    long Untrue)
{
    [JsonIgnore]
    public bool IsFine => Lost == 0 && Duplicated == 0 && Untrue == 0;
}

/// <summary>The JSON that is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewAccount))]
[JsonSerializable(typeof(BegunAccount))]
[JsonSerializable(typeof(AccountPage))]
[JsonSerializable(typeof(NewMedia))]
[JsonSerializable(typeof(MadeMedia))]
[JsonSerializable(typeof(NewPosts))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
[JsonSerializable(typeof(PostPage))]
[JsonSerializable(typeof(PostedPage))]
[JsonSerializable(typeof(NewFault))]
[JsonSerializable(typeof(FaultItem[]))]
[JsonSerializable(typeof(SocialReport))]
internal sealed partial class SocialJson : JsonSerializerContext;
