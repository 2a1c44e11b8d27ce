using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Core.Social.Health;

/// <summary>What is known of an account that its health is computed of. The counts are of the last days.</summary>
/// <param name="State">One of <see cref="AccountStates"/>.</param>
/// <param name="Published">How many posts were made.</param>
/// <param name="Failed">How many were given up.</param>
/// <param name="Unknown">Of how many it is not known.</param>
/// <param name="Throttled">How often its platform said that it was too much.</param>
/// <param name="TokenRefreshedAt">When its authorization was had or renewed last.</param>
/// <param name="TokenExpiresAt">Until when that is good; null where it does not end, or that is not told.</param>
/// <param name="ProxyState">unchecked, up or down; null where it has none.</param>
/// <param name="Warmup">The steps of the protocol that it follows; null for none.</param>
/// <param name="WarmupStartedAt">When it began to.</param>
/// <param name="LastPublishedAt">When its last post was made.</param>
/// <param name="CreatedAt">When it was connected.</param>
public sealed record HealthFacts(
    string State,
    long Published,
    long Failed,
    long Unknown,
    long Throttled,
    DateTimeOffset? TokenRefreshedAt,
    DateTimeOffset? TokenExpiresAt,
    string? ProxyState,
    IReadOnlyList<WarmupStep>? Warmup,
    DateTimeOffset? WarmupStartedAt,
    DateTimeOffset? LastPublishedAt,
    DateTimeOffset CreatedAt);

/// <summary>A part of a score.</summary>
/// <param name="Score">0 to 100; null where nothing is known, and then it does not count.</param>
/// <param name="Weight">How much it counts among those that are known.</param>
/// <param name="Value">What it was computed of: a part of 1, or days.</param>
public sealed record HealthPart(int? Score, int Weight, double? Value = null);

/// <summary>
/// The health of an account, from 0 to 100: the mean of its parts by their weights, below a ceiling that its state sets. A pure decision.
/// </summary>
/// <param name="Score">The score.</param>
/// <param name="Parts">What it is made of, by name.</param>
public sealed record HealthScore(int Score, IReadOnlyDictionary<string, HealthPart> Parts)
{
    /// <summary>Posts that were made, of all whose end is known or should be.</summary>
    public const string SuccessRate = "successRate";

    /// <summary>How rarely its platform said that it was too much.</summary>
    public const string Throttling = "throttling";

    /// <summary>How much of the life of its authorization is left.</summary>
    public const string TokenAge = "tokenAge";

    /// <summary>Whether its proxy is up.</summary>
    public const string Proxy = "proxy";

    /// <summary>How far its warm-up is.</summary>
    public const string Warmup = "warmup";

    /// <summary>When it posted last.</summary>
    public const string Activity = "activity";

    /// <summary>The ceiling that its state sets, where it does: a part without weight.</summary>
    public const string Ceiling = "state";

    private const double QuietDays = 7;
    private const double SilentDays = 30;

    // at this part of its answers an account is all throttled
    private const double MostThrottled = 0.25;

    // of a life as long as this one cares when it ends; what lives for hours is renewed all the time
    private static readonly TimeSpan LongLife = TimeSpan.FromDays(7);
    private const double EnoughLife = 0.25;

    /// <summary>Computes it.</summary>
    public static HealthScore Of(HealthFacts facts, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var ended = facts.Published + facts.Failed + facts.Unknown;
        var parts = new Dictionary<string, HealthPart>
        {
            [SuccessRate] = Part(35, ended == 0 ? null : (double)facts.Published / ended, rate => rate),
            [Throttling] = Part(
                15, ended + facts.Throttled == 0 ? null : (double)facts.Throttled / (ended + facts.Throttled),
                part => 1 - (part / MostThrottled)),
            [TokenAge] = Part(15, DaysSince(facts.TokenRefreshedAt, now), _ => LifeLeft(facts, now) / EnoughLife),
            [Proxy] = new(facts.ProxyState switch { null => null, "up" => 100, "down" => 0, _ => 50 }, 10),
            [Warmup] = Part(10, WarmedUp(facts, now), done => 0.5 + (done / 2)),
            [Activity] = Part(15, QuietFor(facts, now), days => 1 - ((days - QuietDays) / (SilentDays - QuietDays))),
        };
        var known = parts.Values.Where(part => part.Score is not null).ToList();
        var score = known.Count == 0
            ? 100
            : (int)Math.Round((double)known.Sum(part => part.Score!.Value * part.Weight) / known.Sum(part => part.Weight));
        if (CeilingOf(facts.State) is not { } ceiling)
            return new(score, parts);
        parts[Ceiling] = new(ceiling, 0);
        return new(Math.Min(score, ceiling), parts);
    }

    private static int? CeilingOf(string state) => state switch
    {
        AccountStates.Suspended => 0,
        AccountStates.NeedsAuthorization => 20,
        AccountStates.Limited => 50,
        _ => null,
    };

    private static HealthPart Part(int weight, double? value, Func<double, double> partOf) => value is { } known
        ? new((int)Math.Round(100 * Math.Clamp(partOf(known), 0, 1)), weight, Math.Round(known, 3))
        : new(null, weight);

    private static double LifeLeft(HealthFacts facts, DateTimeOffset now) =>
        facts is { TokenRefreshedAt: { } begin, TokenExpiresAt: { } end } && end - begin >= LongLife ? (end - now) / (end - begin) : 1;

    private static double? WarmedUp(HealthFacts facts, DateTimeOffset now)
    {
        if (facts is not { Warmup: { } steps, WarmupStartedAt: { } start })
            return null;
        var end = WarmupPlan.EndsAt(steps, start);
        return end > start ? Math.Clamp((now - start) / (end - start), 0, 1) : 1;
    }

    // a new account need not have posted yet
    private static double? QuietFor(HealthFacts facts, DateTimeOffset now) =>
        facts.LastPublishedAt is null && now - facts.CreatedAt < TimeSpan.FromDays(QuietDays)
            ? null
            : DaysSince(facts.LastPublishedAt ?? facts.CreatedAt, now);

    private static double? DaysSince(DateTimeOffset? at, DateTimeOffset now) => at is { } then ? Math.Max(0, (now - then).TotalDays) : null;

    /// <summary>The parts as they are stored: the column <c>social_health.parts</c>.</summary>
    public string WriteParts() => JsonSerializer.Serialize(Parts, HealthJson.Default.IReadOnlyDictionaryStringHealthPart);

    /// <summary>Reads the column.</summary>
    public static IReadOnlyDictionary<string, HealthPart> ReadParts(string parts) =>
        JsonSerializer.Deserialize(parts, HealthJson.Default.IReadOnlyDictionaryStringHealthPart)!;
}

/// <summary>What a score means.</summary>
public static class HealthBands
{
    /// <summary>The least score of an account that is well.</summary>
    public const int Good = 80;

    /// <summary>The least score of an account that is not at risk.</summary>
    public const int Fair = 50;

    /// <summary>All of them, the best first.</summary>
    public static IReadOnlyList<string> All { get; } = ["good", "fair", "poor"];

    /// <summary>The band of a score; poor is at risk.</summary>
    public static string Of(int score) => score >= Good ? "good" : score >= Fair ? "fair" : "poor";

    /// <summary>The scores of a band.</summary>
    public static (int Least, int Most) ScoresOf(string? band) => band switch
    {
        "good" => (Good, 100),
        "fair" => (Fair, Good - 1),
        "poor" => (0, Fair - 1),
        _ => (0, 100),
    };
}

/// <summary>The events of accounts' health.</summary>
public static class HealthEvents
{
    /// <summary>An account came into another band, or its score changed by much since it was told of last. The dimension is the band, the
    /// value the score.</summary>
    public const string Changed = "account.health_changed";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyDictionary<string, HealthPart>))]
internal sealed partial class HealthJson : JsonSerializerContext;
