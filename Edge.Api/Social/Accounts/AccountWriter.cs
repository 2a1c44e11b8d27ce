using Microsoft.Extensions.Options;
using Switchboard.Core.Security;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>Writes accounts that were connected, in <c>social_accounts</c>. Each statement names the user.</summary>
internal sealed class AccountWriter(SecretProtector secrets, IOptions<SocialAccountOptions> options)
{
    private const string FindSql =
        """
        SELECT id, user_id, state FROM social_accounts WHERE platform = $1 AND server = $2 AND external_id = $3 FOR UPDATE
        """;

    private const string CountSql = "SELECT count(*) FROM (SELECT FROM social_accounts WHERE user_id = $1 LIMIT $2) AS counted";

    // a new one follows the protocol that was named, or the one that is called so; its grant is bound to the row's id and follows
    private const string InsertSql =
        """
        INSERT INTO social_accounts (id, user_id, platform, server, external_id, handle, display_name, refresh_token, token_refreshed_at,
            token_expires_at, state, state_changed_at, proxy_id, warmup_protocol_id, warmup_started_at, warmup_ends_at, daily_cap, tags,
            next_health_check_at, created_at, updated_at)
        SELECT $1, $2, $3, $4, $5, $6, $7::text, ''::bytea, $8, $9::timestamptz, CASE WHEN w.id IS NULL THEN 'active' ELSE 'warming' END,
        $8,
            $10::uuid, w.id, CASE WHEN w.id IS NOT NULL THEN $8 END,
            $8 + (SELECT make_interval(days => sum((step ->> 'days')::int)::int) FROM jsonb_array_elements(w.steps) AS step),
            $12::int, $13, $8, $8, $8
        FROM (SELECT 1) AS one
        LEFT JOIN warmup_protocols AS w ON w.user_id = $2 AND (w.id = $11::uuid OR ($11::uuid IS NULL AND w.name = 'default'))
        ON CONFLICT (platform, server, external_id) DO NOTHING
        RETURNING state
        """;

    // what a person has paused stays paused, and a platform's limit is not over by this
    private const string ConnectAgainSql =
        """
        UPDATE social_accounts SET handle = $3, display_name = $4::text, token_refreshed_at = $5, token_expires_at = $6::timestamptz,
            state = CASE WHEN state IN ('paused', 'limited') THEN state WHEN warmup_ends_at > $5 THEN 'warming' ELSE 'active' END,
            state_reason = CASE WHEN state IN ('paused', 'limited') THEN state_reason END,
            state_changed_at = CASE WHEN state IN ('connecting', 'needs-authorization', 'suspended') THEN $5 ELSE state_changed_at END,
            proxy_id = coalesce($7::uuid, proxy_id), daily_cap = coalesce($8::int, daily_cap), tags = coalesce($9::text[], tags),
            next_health_check_at = $5, updated_at = $5
        WHERE user_id = $1 AND id = $2
        RETURNING state
        """;

    private const string GrantSql =
        """
        UPDATE social_accounts SET refresh_token = $3, grant_claim = NULL, grant_claimed_until = NULL WHERE user_id = $1 AND id = $2
        """;

    private const string NoteSql =
        """
        INSERT INTO social_account_states (account_id, at, state, reason)
        SELECT a.id, $3, $4, $5 FROM social_accounts AS a WHERE a.user_id = $1 AND a.id = $2
        ON CONFLICT (account_id, at) DO UPDATE SET state = excluded.state, reason = excluded.reason
        """;

    /// <summary>Writes one, or the user's own once more; null when it is another's, or there may be no more.</summary>
    public async Task<Guid?> WriteAsync(
        NpgsqlTransaction transaction, Guid userId, string platform, ConnectionDetails details, AuthorizedAccount account,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = await transaction.Command(FindSql, platform, details.Server, account.ExternalId)
            .FirstAsync(row => new Known(row.GetGuid(0), row.GetGuid(1), row.GetString(2)), cancellationToken);
        if (known is not null && known.UserId != userId)
            return null;
        var (handle, name) = (StorableText.From(account.Handle), account.DisplayName is { } shown ? StorableText.From(shown) : null);
        var id = known?.Id ?? Guid.CreateVersion7(now);
        if (known is null)
        {
            if (await transaction.Command(CountSql, userId, options.Value.MaxAccountsPerUser).ScalarAsync<long>(cancellationToken)
                >= options.Value.MaxAccountsPerUser)
                return null;
            var inserted = await transaction.Command(
                InsertSql, id, userId, platform, details.Server, account.ExternalId, handle, name, now, account.Grant.EndsAt,
                details.ProxyId,
                details.WarmupProtocolId, details.DailyCap, (details.Tags ?? []).ToArray())
                .ListAsync(row => row.GetString(0), cancellationToken);
            if (inserted is not [var state])
                return null; // another connected it at this moment
            await NoteAsync("connecting", "It was authorized.", now.AddTicks(-TimeSpan.TicksPerMillisecond));
            await NoteAsync(state, "It was connected.", now);
        }
        else
        {
            var state = (await transaction.Command(
                ConnectAgainSql, userId, id, handle, name, now, account.Grant.EndsAt, details.ProxyId, details.DailyCap,
                details.Tags?.ToArray())
                .ListAsync(row => row.GetString(0), cancellationToken))[0];
            if (state != known.State)
                await NoteAsync(state, "It was connected again.", now);
        }

        await transaction.Command(GrantSql, userId, id, account.Grant.Protect(secrets, id)).RunAsync(cancellationToken);
        return id;

        Task NoteAsync(string state, string reason, DateTimeOffset at) =>
            transaction.Command(NoteSql, userId, id, at, state, reason).RunAsync(cancellationToken);
    }

    private sealed record Known(Guid Id, Guid UserId, string State);
}
