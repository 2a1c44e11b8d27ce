using System.Text.Json;
using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Platforms;

/// <summary>
/// What an instance of Mastodon takes (<c>GET /api/v2/instance</c>, <c>configuration.statuses</c>): kept with the application that is
/// registered there, in <c>social_instances.limits</c>, and asked for once a day. An instance that does not say is as they are at first.
/// </summary>
/// <param name="MaxCharacters">The longest text, as it counts.</param>
/// <param name="MaxMedia">How many files a post has.</param>
/// <param name="CharactersPerLink">How long each link counts, however long it is.</param>
/// <param name="At">When it said so.</param>
public sealed record InstanceLimits(int MaxCharacters, int MaxMedia, int CharactersPerLink, DateTimeOffset At)
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    /// <summary>Whether it is time to ask again.</summary>
    public bool IsOldAt(DateTimeOffset now) => now - At >= Life;

    /// <summary>The platform as its posts are counted there; of others, and where nothing is known, as it is.</summary>
    public static PlatformDefinition Of(string platform, InstanceLimits? limits)
    {
        var known = SocialPlatforms.All[platform];
        return limits is null
            ? known
            : known with
            {
                MaxText = limits.MaxCharacters,
                LinkLength = limits.CharactersPerLink,
                MaxMedia = limits.MaxMedia,
            };
    }

    /// <summary>Of the column; null where it is.</summary>
    public static InstanceLimits? Read(string? stored) =>
        stored is null ? null : JsonSerializer.Deserialize<InstanceLimits>(stored, JsonSerializerOptions.Web);

    private const string KeepSql = "UPDATE social_instances SET limits = $2::jsonb WHERE server = $1";

    /// <summary>Keeps them, of the instance at an address.</summary>
    public Task KeepAsync(NpgsqlTransaction transaction, string server, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.Command(KeepSql, server, JsonSerializer.Serialize(this, JsonSerializerOptions.Web)).RunAsync(cancellationToken);
    }
}
