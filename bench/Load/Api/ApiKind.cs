using System.Text.Json.Nodes;
using Switchboard.Load.Running;

namespace Switchboard.Load.Api;

/// <summary>A kind of request of a mix.</summary>
/// <param name="Name">Its name in the table: the method, and what is asked for.</param>
/// <param name="Share">How many of a cycle are of this kind.</param>
/// <param name="Call">Makes one.</param>
internal sealed record ApiKind(string Name, int Share, Func<ApiRandom, ApiCall> Call)
{
    /// <summary>Whether it is no GET.</summary>
    public bool IsWrite => !Name.StartsWith("GET ", StringComparison.Ordinal);
}

/// <summary>A request as it is sent.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path, with its query.</param>
/// <param name="Key">The key that it is sent with.</param>
/// <param name="Body">Its body, in JSON; null for none.</param>
internal sealed record ApiCall(HttpMethod Method, string Path, string Key, JsonNode? Body = null)
{
    public static ApiCall Get(string path, string key) => new(HttpMethod.Get, path, key);

    public static ApiCall Post(string path, string key, JsonNode? body = null) => new(HttpMethod.Post, path, key, body);
}

/// <summary>What a request of a mix is chosen by: the same for the same number of a run.</summary>
/// <param name="number">Which request of the run.</param>
/// <param name="seed">Differs between runs: answers of earlier ones may be cached, and what they wrote may be there still.</param>
internal sealed class ApiRandom(long number, long seed)
{
    private SeededRandom _random = new(seed + number);

    /// <summary>Which request of the run it is.</summary>
    public long Number => number;

    /// <summary>0 to less than 1.</summary>
    public double Next() => _random.Next();

    /// <summary>0 to less than a bound.</summary>
    public int Below(int bound) => (int)(_random.Next() * bound);

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> choices) => choices.Count > 0
        ? choices[Below(choices.Count)]
        : throw new LoadException($"There is no {typeof(T).Name} to choose from: seed more rows.");

    /// <summary>Several that follow each other, all different; of few choices all.</summary>
    public IReadOnlyList<T> Pick<T>(IReadOnlyList<T> choices, int count)
    {
        var first = Below(choices.Count);
        return [.. Enumerable.Range(first, Math.Min(count, choices.Count)).Select(place => choices[place % choices.Count])];
    }

    /// <summary>Whole days between two numbers of days, from a time on.</summary>
    public DateTimeOffset Day(DateTimeOffset from, int least, int most) =>
        new(from.UtcDateTime.Date.AddDays(least + Below(most - least + 1)), TimeSpan.Zero);
}

/// <summary>Texts of which no two of a run are alike, or of any two runs, as people write them.</summary>
internal static class LoadTexts
{
    private const int MinWords = 10;
    private const int MoreWords = 14;

    private static readonly string[] Words =
    [
        .. ("spring sale begins monday doors open early coffee garden harbour team market fresh bread river train evening concert "
            + "tickets winter jackets new collection studio workshop children museum summer ferry island recipe kitchen table friends "
            + "story behind craft wood glass paper colour light mountain trail bicycle repair free weekend morning music festival poster "
            + "launch update release notes thanks everyone visit booth hall photo camera report annual results meeting agenda").Split(' '),
    ];

    /// <summary>A text.</summary>
    /// <param name="random">Chooses its words.</param>
    /// <param name="token">What no other text of any run has.</param>
    public static string Of(ApiRandom random, string token) =>
        $"{string.Join(' ', Enumerable.Range(0, MinWords + random.Below(MoreWords)).Select(_ => random.Pick(Words)))} {token}";
}
