using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>How much a user may have of whom notifications go to; section <c>Recipients</c>.</summary>
internal sealed class RecipientOptions
{
    public const string Section = "Recipients";

    /// <summary>How many recipients a user has at most.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxPerUser { get; set; } = 10_000_000;

    /// <summary>How many topics a user has at most.</summary>
    [Range(1, 1_000_000)]
    public int MaxTopicsPerUser { get; set; } = 10_000;

    /// <summary>How many categories a user has at most, beside the one named default.</summary>
    [Range(1, 1_000)]
    public int MaxCategoriesPerUser { get; set; } = 200;
}

/// <summary>Writes recipients and their addresses, many in one transaction.</summary>
internal sealed class RecipientWriter(
    NpgsqlDataSource dataSource,
    SecretProtector secrets,
    AddressOwners owners,
    IOptions<RecipientOptions> options,
    TimeProvider timeProvider)
{
    // others may make or delete the same recipients meanwhile, or move the same tokens
    private const int MaxTries = 5;

    private const string KnownSql = "SELECT external_id FROM recipients WHERE user_id = $1 AND external_id = ANY ($2)";

    private const string CountSql = "SELECT recipients FROM users WHERE id = $1";

    /// <summary>Makes recipients known, in one transaction.</summary>
    /// <param name="userId">Whose they are.</param>
    /// <param name="recipients">No two of the same id; each was validated.</param>
    /// <param name="cancellationToken">Ends it; then nothing is written.</param>
    /// <returns>By id whether a recipient is new; one that is not there is more than the user may have.</returns>
    public async Task<IReadOnlyDictionary<string, bool>> UpsertAsync(
        Guid userId, IReadOnlyList<RecipientRequest> recipients, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                if (await TryUpsertAsync(userId, recipients, cancellationToken) is { } written)
                {
                    if (written.ContainsValue(true))
                        await owners.NoteAsync(userId);
                    return written;
                }
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected && tries < MaxTries)
            {
                continue;
            }

            if (tries == MaxTries)
                throw new TimeoutException("Others kept changing the same recipients.");
        }
    }

    private const string SetTimeZoneSql = "UPDATE recipients SET time_zone = $3, updated_at = $4 WHERE user_id = $1 AND id = $2";

    /// <summary>Changes a recipient's zone alone.</summary>
    public Task<int> SetTimeZoneAsync(Guid userId, Guid id, string timeZone, CancellationToken cancellationToken) =>
        dataSource.Command(SetTimeZoneSql, userId, id, timeZone, timeProvider.GetUtcNow()).RunAsync(cancellationToken);

    /// <summary>409: the user has as many recipients as there may be.</summary>
    public string FullReason => FormattableString.Invariant($"A user has at most {options.Value.MaxPerUser} recipients.");

    // null: others were faster, and nothing was written
    private async Task<Dictionary<string, bool>?> TryUpsertAsync(
        Guid userId, IReadOnlyList<RecipientRequest> recipients, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var known = (await transaction.Command(KnownSql, userId, recipients.Select(one => one.Id!).ToArray())
            .ListAsync(row => row.GetString(0), cancellationToken)).ToHashSet();
        var left = options.Value.MaxPerUser - await transaction.Command(CountSql, userId).ScalarAsync<long>(cancellationToken);
        var added = recipients.Where(one => !known.Contains(one.Id!)).Take((int)Math.Clamp(left, 0, recipients.Count)).ToList();
        var changed = recipients.Where(one => known.Contains(one.Id!)).ToList();

        var ids = await UpdateAsync(transaction, userId, changed, now, cancellationToken);
        foreach (var (externalId, id) in await InsertAsync(transaction, userId, added, now, cancellationToken))
            ids.Add(externalId, id);
        if (ids.Count < changed.Count + added.Count)
            return null;

        await WriteAddressesAsync(transaction, userId, [.. changed, .. added], ids, now, cancellationToken);
        if (added.Count > 0 && await transaction.Command(AddToCountSql, userId, added.Count, options.Value.MaxPerUser)
            .RunAsync(cancellationToken) == 0)
            return null;
        await transaction.CommitAsync(cancellationToken);
        return ids.Keys.ToDictionary(id => id, id => !known.Contains(id));
    }

    // last, so that others of the user wait for as short as can be
    private const string AddToCountSql = "UPDATE users SET recipients = recipients + $2 WHERE id = $1 AND recipients + $2 <= $3";

    // locked in their order, so that two calls cannot deadlock
    private const string UpdateSql =
        """
        WITH given AS MATERIALIZED (
            SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]::jsonb[], $6::boolean[], $7::boolean[], $8::boolean[])
                AS g (external_id, time_zone, locale, properties, says_time_zone, says_locale, says_properties)),
        held AS MATERIALIZED (
            SELECT r.id, r.external_id FROM recipients AS r JOIN given USING (external_id)
            WHERE r.user_id = $1 ORDER BY r.external_id FOR NO KEY UPDATE OF r)
        UPDATE recipients AS r
        SET time_zone = CASE WHEN g.says_time_zone THEN g.time_zone ELSE r.time_zone END,
            locale = CASE WHEN g.says_locale THEN g.locale ELSE r.locale END,
            properties = CASE WHEN g.says_properties THEN coalesce(g.properties, '{}') ELSE r.properties END,
            updated_at = $9
        FROM held AS h JOIN given AS g USING (external_id)
        WHERE r.id = h.id AND r.user_id = $1
        RETURNING r.external_id, r.id
        """;

    private static async Task<Dictionary<string, Guid>> UpdateAsync(
        NpgsqlTransaction transaction,
        Guid userId,
        List<RecipientRequest> recipients,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var updated = recipients.Count == 0
            ? []
            : await transaction
                .Command(
                    UpdateSql, userId, Column(recipients, one => one.Id), Column(recipients, one => one.TimeZone),
                    Column(recipients, one => one.Locale), Column(recipients, PropertiesOf),
                    Column(recipients, one => one.Says(nameof(one.TimeZone))), Column(recipients, one => one.Says(nameof(one.Locale))),
                    Column(recipients, one => one.Says(nameof(one.Properties))), now)
                .ListAsync(row => (row.GetString(0), row.GetGuid(1)), cancellationToken);
        return updated.ToDictionary(row => row.Item1, row => row.Item2);
    }

    private const string InsertSql =
        """
        INSERT INTO recipients (id, user_id, external_id, time_zone, locale, properties, created_at, updated_at)
        SELECT id, $1, external_id, time_zone, locale, coalesce(properties, '{}'), $7, $7
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]::jsonb[])
            AS g (id, external_id, time_zone, locale, properties)
        ORDER BY external_id
        ON CONFLICT (user_id, external_id) DO NOTHING
        RETURNING external_id, id
        """;

    private static async Task<List<(string ExternalId, Guid Id)>> InsertAsync(
        NpgsqlTransaction transaction,
        Guid userId,
        List<RecipientRequest> recipients,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        recipients.Count == 0
            ? []
            : await transaction
                .Command(
                    InsertSql, userId, Column(recipients, _ => Guid.CreateVersion7(now)), Column(recipients, one => one.Id),
                    Column(recipients, one => one.TimeZone), Column(recipients, one => one.Locale), Column(recipients, PropertiesOf), now)
                .ListAsync(row => (row.GetString(0), row.GetGuid(1)), cancellationToken);

    private const string DeleteOthersSql =
        """
        DELETE FROM recipient_addresses AS a
        USING unnest($2::uuid[], $3::text[]) AS said (recipient_id, channel)
        WHERE a.user_id = $1 AND a.recipient_id = said.recipient_id AND a.channel = said.channel AND NOT EXISTS (
            SELECT FROM unnest($4::uuid[], $5::bytea[]) AS kept (recipient_id, fingerprint)
            WHERE kept.recipient_id = a.recipient_id AND kept.fingerprint = a.fingerprint)
        """;

    // a device belongs to who registered it last
    private const string MoveSql =
        """
        DELETE FROM recipient_addresses AS a
        USING unnest($2::uuid[], $3::bytea[]) AS kept (recipient_id, fingerprint)
        WHERE a.user_id = $1 AND a.channel = 'push' AND a.fingerprint = kept.fingerprint AND a.recipient_id <> kept.recipient_id
        """;

    // what is registered again is turned on again
    private const string InsertAddressesSql =
        """
        INSERT INTO recipient_addresses AS a (id, user_id, recipient_id, channel, service, address, secret, fingerprint, created_at)
        SELECT id, $1, recipient_id, channel, service, address, secret, fingerprint, $9
        FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
            AS g (id, recipient_id, channel, service, address, secret, fingerprint)
        ORDER BY recipient_id, fingerprint
        ON CONFLICT (recipient_id, fingerprint) DO UPDATE SET address = excluded.address, disabled_at = NULL, disabled_reason = NULL
        WHERE a.disabled_at IS NOT NULL OR a.address IS DISTINCT FROM excluded.address
        """;

    private async Task WriteAddressesAsync(
        NpgsqlTransaction transaction,
        Guid userId,
        List<RecipientRequest> recipients,
        Dictionary<string, Guid> ids,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var said = recipients.SelectMany(one => one.SaidChannels.Select(channel => (RecipientId: ids[one.Id!], Channel: channel))).ToList();
        if (said.Count == 0)
            return;
        var kept = recipients
            .SelectMany(one => one.Addresses().Select(address => new NewAddress(Guid.CreateVersion7(now), ids[one.Id!], address)))
            .DistinctBy(address => (address.RecipientId, address.Key))
            // of a token that several lines give, the last has it
            .Reverse().DistinctBy(address => address.Address.Channel == Channels.Push ? address.Key : $"{address.Id}").Reverse()
            .ToList();
        var (owners, fingerprints) = (Column(kept, one => one.RecipientId), Column(kept, one => one.Fingerprint));

        await transaction.Command(
            DeleteOthersSql, userId, Column(said, one => one.RecipientId), Column(said, one => one.Channel), owners, fingerprints)
            .RunAsync(cancellationToken);
        if (kept.Count == 0)
            return;
        if (kept.Exists(one => one.Address.Channel == Channels.Push))
            await transaction.Command(MoveSql, userId, owners, fingerprints).RunAsync(cancellationToken);
        await transaction.Command(
            InsertAddressesSql, userId, Column(kept, one => one.Id), owners, Column(kept, one => one.Address.Channel),
            Column(kept, one => one.Address.Service), Column(kept, one => one.Address.IsSecret ? null : one.Address.Value),
            Column(kept, one => one.Address.IsSecret ? secrets.Protect(one.Address.Value, SecretColumn.RecipientAddress, one.Id) : null),
            fingerprints, now).RunAsync(cancellationToken);
    }

    private static string? PropertiesOf(RecipientRequest recipient) =>
        recipient.Properties is { ValueKind: JsonValueKind.Object } properties ? properties.GetRawText() : null;

    private static T[] Column<TRow, T>(List<TRow> rows, Func<TRow, T> value) => [.. rows.Select(value)];

    private sealed record NewAddress(Guid Id, Guid RecipientId, GivenAddress Address)
    {
        public byte[] Fingerprint { get; } = RecipientAddressStore.Fingerprint(Address.Channel, Address.Service, Address.Value);

        public string Key => Convert.ToHexString(Fingerprint);
    }
}

/// <summary>Registration of what the endpoints of recipients share.</summary>
internal static class RecipientEndpoints
{
    /// <summary>What reads and writes recipients, topics, categories and preferences.</summary>
    public static IServiceCollection AddRecipientEndpoints(this IServiceCollection services)
    {
        services.AddOptions<RecipientOptions>().BindConfiguration(RecipientOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddRecipients()
            .AddSingleton<RecipientWriter>().AddSingleton<PreferenceCategories>().AddSingleton<UnsubscribePages>();
    }
}
