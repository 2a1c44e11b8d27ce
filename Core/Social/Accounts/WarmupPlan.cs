using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Social.Accounts;

/// <summary>A step of a warm-up protocol.</summary>
/// <param name="Days">For how many days.</param>
/// <param name="Cap">How many posts a day.</param>
public sealed record WarmupStep(int Days, int Cap);

/// <summary>
/// What a new account may publish: for so many days so many posts a day, then more. A day of it is 24 hours from its beginning; the posts
/// are counted by the days of UTC. Pure decisions.
/// </summary>
public static class WarmupPlan
{
    /// <summary>How many posts a day there may be now; null when it is over.</summary>
    public static int? CapOf(IReadOnlyList<WarmupStep> steps, DateTimeOffset startedAt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var end = startedAt;
        foreach (var step in steps)
        {
            end = end.AddDays(step.Days);
            if (now < end)
                return step.Cap;
        }

        return null;
    }

    /// <summary>When it is over.</summary>
    public static DateTimeOffset EndsAt(IReadOnlyList<WarmupStep> steps, DateTimeOffset startedAt)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return startedAt.AddDays(steps.Sum(step => step.Days));
    }

    /// <summary>The column <c>warmup_protocols.steps</c>.</summary>
    public static string Write(IReadOnlyList<WarmupStep> steps) =>
        JsonSerializer.Serialize(steps, WarmupJson.Default.IReadOnlyListWarmupStep);

    /// <summary>Reads the column.</summary>
    public static IReadOnlyList<WarmupStep> Read(string steps) =>
        JsonSerializer.Deserialize(steps, WarmupJson.Default.IReadOnlyListWarmupStep)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<WarmupStep>))]
internal sealed partial class WarmupJson : JsonSerializerContext;
