using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>Who is told something: a row in <c>recipients</c>, with where they are reached.</summary>
/// <param name="Id">Its row.</param>
/// <param name="ExternalId">What their user calls them.</param>
/// <param name="TimeZone">IANA's name; null for UTC.</param>
/// <param name="Locale">As <c>de-AT</c>; null for the default.</param>
/// <param name="Properties">What templates see of them, an object.</param>
/// <param name="Addresses">The oldest first; those that were turned off too.</param>
public sealed record Recipient(
    Guid Id, string ExternalId, string? TimeZone, string? Locale, JsonElement Properties, IReadOnlyList<RecipientAddress> Addresses)
{
    /// <summary>When they were first made known.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When that was last done.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Where they are reached over a channel: none of what was turned off.</summary>
    public IEnumerable<RecipientAddress> ReachedBy(string channel) =>
        Addresses.Where(address => address.Channel == channel && address.DisabledReason is null);
}

/// <summary>The recipients of users, as what is sent needs them: with their addresses, a page in one statement.</summary>
public sealed class RecipientStore(NpgsqlDataSource dataSource, RecipientAddressStore addresses)
{
    /// <summary>The columns of a recipient and of its addresses, in the order in which <see cref="Read"/> takes them.</summary>
    private const string Columns =
        "r.id, r.external_id, r.time_zone, r.locale, r.properties, r.created_at, r.updated_at, "
        + "a.ids, a.channels, a.services, a.addresses, a.secrets, a.reasons";

    private const string Addresses =
        """
        LEFT JOIN LATERAL (
            SELECT array_agg(a.id ORDER BY a.id) AS ids, array_agg(a.channel ORDER BY a.id) AS channels,
                   array_agg(a.service ORDER BY a.id) AS services, array_agg(a.address ORDER BY a.id) AS addresses,
                   array_agg(a.secret ORDER BY a.id) AS secrets, array_agg(a.disabled_reason ORDER BY a.id) AS reasons
            FROM recipient_addresses AS a
            WHERE a.recipient_id = r.id AND a.user_id = $1
        ) AS a ON true
        """;

    private const string FindSql =
        $"SELECT {Columns} FROM recipients AS r {Addresses} WHERE r.user_id = $1 AND r.external_id = ANY ($2)";

    /// <summary>A user's recipients of these ids, by them; one that is not there is not among them.</summary>
    public async Task<IReadOnlyDictionary<string, Recipient>> FindAsync(
        Guid userId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        var found = await dataSource.Command(FindSql, userId, externalIds.ToArray()).ListAsync(Read, cancellationToken);
        return found.ToDictionary(recipient => recipient.ExternalId);
    }

    private const string FindByRowSql = $"SELECT {Columns} FROM recipients AS r {Addresses} WHERE r.user_id = $1 AND r.id = ANY ($2)";

    /// <summary>A user's recipients by their rows; one that is not there is not among them.</summary>
    public async Task<IReadOnlyDictionary<Guid, Recipient>> FindAsync(
        Guid userId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var found = await dataSource.Command(FindByRowSql, userId, ids.ToArray()).ListAsync(Read, cancellationToken);
        return found.ToDictionary(recipient => recipient.Id);
    }

    // the primary key of topic_members
    private const string MembersSql =
        $"""
        SELECT {Columns}
        FROM (
            SELECT r.*
            FROM topic_members AS m
            JOIN recipients AS r ON r.id = m.recipient_id AND r.user_id = m.user_id
            WHERE m.topic_id = $2 AND m.user_id = $1 AND ($3::uuid IS NULL OR m.recipient_id > $3)
            ORDER BY m.recipient_id
            LIMIT $4
        ) AS r
        {Addresses}
        ORDER BY r.id
        """;

    /// <summary>Members of a topic in the order of their rows' ids.</summary>
    /// <param name="userId">Whose topic it is.</param>
    /// <param name="topicId">The topic.</param>
    /// <param name="after">The recipient after whom to go on; null to begin.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<Recipient>> MembersAsync(
        Guid userId, Guid topicId, Guid? after, int take, CancellationToken cancellationToken) =>
        await dataSource.Command(MembersSql, userId, topicId, after, take).ListAsync(Read, cancellationToken);

    private const string ListSql =
        $"""
        SELECT {Columns}
        FROM (
            SELECT * FROM recipients AS r
            WHERE r.user_id = $1 AND ($2::uuid IS NULL OR r.id < $2)
            ORDER BY r.id DESC
            LIMIT $3
        ) AS r
        {Addresses}
        ORDER BY r.id DESC
        """;

    /// <summary>A user's recipients, the newest first, after one of them.</summary>
    public Task<List<Recipient>> ListAsync(Guid userId, Guid? after, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, after, take).ListAsync(Read, cancellationToken);

    // the primary key of topic_members, backwards
    private const string ListOfTopicSql =
        $"""
        SELECT {Columns}
        FROM (
            SELECT r.*
            FROM topics AS t
            JOIN topic_members AS m ON m.topic_id = t.id
            JOIN recipients AS r ON r.id = m.recipient_id AND r.user_id = t.user_id
            WHERE t.user_id = $1 AND t.name = $4 AND ($2::uuid IS NULL OR m.recipient_id < $2)
            ORDER BY m.recipient_id DESC
            LIMIT $3
        ) AS r
        {Addresses}
        ORDER BY r.id DESC
        """;

    /// <summary>The members of a topic by its name, the newest recipients first, after one of them.</summary>
    public Task<List<Recipient>> ListOfTopicAsync(
        Guid userId, string topic, Guid? after, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListOfTopicSql, userId, after, take, topic).ListAsync(Read, cancellationToken);

    // idx_recipient_addresses_fingerprint
    private const string ListByAddressSql =
        $"""
        SELECT {Columns}
        FROM (
            SELECT * FROM recipients AS r
            WHERE r.user_id = $1 AND ($2::uuid IS NULL OR r.id < $2)
              AND r.id IN (SELECT recipient_id FROM recipient_addresses WHERE user_id = $1 AND fingerprint = ANY ($4))
            ORDER BY r.id DESC
            LIMIT $3
        ) AS r
        {Addresses}
        ORDER BY r.id DESC
        """;

    /// <summary>Who has one of these addresses (<see cref="RecipientAddressStore.Fingerprint"/>), as in <see cref="ListAsync"/>.</summary>
    public Task<List<Recipient>> ListByAddressAsync(
        Guid userId, byte[][] fingerprints, Guid? after, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListByAddressSql, userId, after, take, fingerprints).ListAsync(Read, cancellationToken);

    private const string HoldSql = "SELECT id FROM recipients WHERE user_id = $1 AND id = ANY ($2) ORDER BY id FOR KEY SHARE";

    /// <summary>
    /// Holds recipients until the transaction ends, so that none is deleted before what is written for them is there to be deleted too.
    /// </summary>
    /// <returns>Those that are still there.</returns>
    public static async Task<IReadOnlySet<Guid>> HoldAsync(
        NpgsqlTransaction transaction, Guid userId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return (await transaction.Command(HoldSql, userId, ids.ToArray()).ListAsync(row => row.GetGuid(0), cancellationToken)).ToHashSet();
    }

    private Recipient Read(NpgsqlDataReader row)
    {
        using var properties = JsonDocument.Parse(row.GetString(4));
        var id = row.GetGuid(0);
        return new(id, row.GetString(1), row.Text(2), row.Text(3), properties.RootElement.Clone(), addresses.ReadAll(row, id, first: 7))
        {
            CreatedAt = row.GetFieldValue<DateTimeOffset>(5),
            UpdatedAt = row.GetFieldValue<DateTimeOffset>(6),
        };
    }
}

/// <summary>Registration of recipients.</summary>
public static class RecipientServices
{
    /// <summary>What finds recipients, their preferences and categories; it takes <see cref="AddRecipients(CacheBuilder)"/>.</summary>
    public static IServiceCollection AddRecipients(this IServiceCollection services)
    {
        services.AddOptions<PublicLinkOptions>().BindConfiguration(PublicLinkOptions.Section)
            .Validate(
                options => options.PublicBaseUrl is null or { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "" },
                "Notifications:PublicBaseUrl must be an address such as https://switchboard.example.")
            .Validate(
                // else each zone would be unknown, and quiet hours those of UTC
                _ => LocalTimes.FindZone("Europe/Vienna") is not null,
                "This machine has no database of time zones: install the package tzdata.")
            .ValidateOnStart();
        services.TryAddSingleton<RecipientAddressStore>();
        services.TryAddSingleton<RecipientStore>();
        services.TryAddSingleton<AddressOwners>();
        services.TryAddSingleton<TopicStore>();
        services.TryAddSingleton<CategoryStore>();
        services.TryAddSingleton<PreferenceStore>();
        services.TryAddSingleton<UnsubscribeLinks>();
        return services;
    }

    /// <summary>The namespaces of what is remembered of them.</summary>
    public static CacheBuilder AddRecipients(this CacheBuilder cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return cache
            .Namespace(AddressOwners.CacheNamespace, ttl: TimeSpan.FromHours(1), maxEntries: 50_000)
            .Namespace(CategoryStore.CacheNamespace, ttl: TimeSpan.FromHours(1), maxEntries: 5_000)
            .Namespace(PreferenceStore.CacheNamespace, ttl: TimeSpan.FromSeconds(86_400), maxEntries: 50_000);
    }
}
