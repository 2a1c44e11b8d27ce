using System.Runtime.CompilerServices;
using System.Text;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary><c>GET /api/users/{id}/export</c>: all that there is of a user, for them or an administrator.</summary>
internal sealed class ExportUser(UserExport export) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/api/users/{id:guid}/export");
        Description(endpoint => endpoint.Titled("Users", "Export all data of a user, one JSON object per line")
            .Produces<string>(200, UserExport.MediaType).Refuses(401, 403, 404, 429, 503));
    }

    public override Task HandleAsync(CancellationToken ct)
    {
        var (caller, id) = (HttpContext.Caller(), Route<Guid>("id"));
        // whether there is another user of this id is not told
        return caller.IsAdmin || caller.UserId == id
            ? export.SendAsync(HttpContext, id, ct)
            : Problems.NotFound("user", id).ExecuteAsync(HttpContext);
    }
}

/// <summary><c>GET /api/users/me/export</c>: the same for the caller.</summary>
internal sealed class ExportMe(UserExport export) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/api/users/me/export");
        Description(endpoint => endpoint.Titled("Users", "Export all data of your own user, one JSON object per line")
            .Produces<string>(200, UserExport.MediaType).Refuses(401, 403, 404, 429, 503));
    }

    public override Task HandleAsync(CancellationToken ct) => export.SendAsync(HttpContext, HttpContext.Caller().UserId, ct);
}

/// <summary>
/// Reads all that there is of a user, a page at a time: no more of it is in memory, and no connection is held while the caller takes its
/// time. Without secrets: of keys, tokens and codes there is only that they are there.
/// </summary>
internal sealed class UserExport(NpgsqlDataSource dataSource, ReadDatabase database)
{
    /// <summary>A JSON value a line: <c>{"type": …, "data": {…}}</c>.</summary>
    public const string MediaType = "application/x-ndjson";

    private const int PageSize = 500;

    // Of a user. Each: rows of $1 after the key $2, in its order, at most $3. A test holds what is left out.
    private static readonly Section[] OfUser =
    [
        new("user", "SELECT id, email, name, created_at FROM users WHERE id = $1 AND ($2::uuid IS NULL OR id > $2) LIMIT $3"),
        Section.Of("apiKey", "api_keys", "id, name, prefix, scopes, created_at, revoked_at"),
        Section.Of(
            "account", "mailboxes", "id, provider, address, status, status_reason, tracking, tracking_since, synced_at, created_at"),
        Section.Of("rule", "rules", "*"),
        Section.Of(
            "template", "templates",
            """
            *, (SELECT coalesce(json_agg(v ORDER BY v.version), '[]') FROM template_versions AS v
                WHERE v.template_id = templates.id AND v.user_id = $1) AS versions
            """),
        Section.Of("phoneNumber", "user_phone_numbers", "id, phone_number, verified_at, created_at"),
        Section.Of("email", "emails", "*"),
        Section.Of("smsMessage", "sms_messages", "*"),
        Section.Of(
            "enrichment", "enrichment_items",
            """
            id, message_id, part, source, kind, status, reason, text, content_type, size_bytes, transcript, transcript_confidence,
            transcript_note, entities, created_at, completed_at, failed_at
            """),
        Section.Of(
            "notification", "notifications",
            """
            *, (SELECT coalesce(json_agg(a ORDER BY a.number), '[]') FROM notification_attempts AS a
                WHERE a.notification_id = notifications.id) AS sends,
               (SELECT row_to_json(i) FROM inbox_items AS i WHERE i.notification_id = notifications.id) AS inbox
            """),
        Section.Of("notifyRequest", "notify_requests", "*"),
        Section.Of("notifyDelivery", "notify_deliveries", "*"),
        Section.Of("notifyDigest", "notify_digests", "*"),
        Section.Of(
            "recipient", "recipients",
            """
            id, external_id, time_zone, locale, properties, created_at, updated_at,
            (SELECT coalesce(json_agg(json_build_object('channel', a.channel, 'service', a.service, 'address', a.address,
                'disabled_at', a.disabled_at, 'disabled_reason', a.disabled_reason, 'created_at', a.created_at) ORDER BY a.id), '[]')
                FROM recipient_addresses AS a WHERE a.recipient_id = recipients.id) AS addresses,
            (SELECT coalesce(json_agg(t.name ORDER BY t.name), '[]') FROM topic_members AS m JOIN topics AS t ON t.id = m.topic_id
                WHERE m.recipient_id = recipients.id) AS topics,
            (SELECT row_to_json(p) FROM recipient_preferences AS p WHERE p.recipient_id = recipients.id) AS preferences
            """),
        Section.Of("topic", "topics", "*"),
        new(
            "category",
            """
            SELECT NULL::uuid AS id, name, is_critical, settings, created_at, updated_at
            FROM notification_categories WHERE user_id = $1 AND $2::uuid IS NULL AND $3 > 0 ORDER BY name
            """),
        // what holds for recipients who chose nothing; what they chose is theirs
        new(
            "preference",
            """
            SELECT NULL::uuid AS id, preferences, quiet_hours, updated_at
            FROM recipient_preferences WHERE recipient_id = $1 AND user_id = $1 AND $2::uuid IS NULL AND $3 > 0
            """),
        Section.Of("sync", "mail_syncs", "*"),
        Section.Of(
            "socialMedia", "social_media",
            """
            id, file_name, content_type, total_bytes, uploaded_bytes, width, height, duration_ms, encode(sha256, 'hex') AS sha256, alt_text,
            state, error, created_at, updated_at
            """),
        Section.Of(
            "socialPost", "social_posts",
            """
            id, content, targets, state, scheduled_at, schedule_id, occurrence_at, queue_position, tags, metadata, version, created_at,
            updated_at, finished_at,
            (SELECT coalesce(json_agg(json_build_object('account_id', t.account_id, 'platform', t.platform, 'state', t.state,
                    'reason', t.reason, 'error', t.error, 'due_at', t.due_at, 'remote_id', t.remote_id, 'remote_url', t.remote_url,
                    'sent_at', t.sent_at, 'published_at', t.published_at,
                    'attempts', (SELECT coalesce(json_agg(a ORDER BY a.number), '[]') FROM social_attempts AS a WHERE a.target_id = t.id))
                    ORDER BY t.id), '[]')
                FROM social_post_targets AS t WHERE t.user_id = $1 AND t.post_id = social_posts.id) AS accounts
            """),
        Section.Of("webhookEndpoint", "webhook_endpoints", "*"),
        Section.Of(
            "webhookMessage", "webhook_messages",
            """
            *, (SELECT coalesce(json_agg(d ORDER BY d.id), '[]') FROM webhook_deliveries AS d
                WHERE d.message_id = webhook_messages.id) AS deliveries
            """),
        Section.Of(
            "socialAccount", "social_accounts",
            """
            id, platform, server, external_id, handle, display_name, token_refreshed_at, token_expires_at, state, state_reason, state_until,
            state_changed_at, proxy_id, warmup_protocol_id, warmup_started_at, warmup_ends_at, daily_cap, tags, metadata, quota,
            last_published_at, created_at, updated_at,
            (SELECT coalesce(json_agg(s ORDER BY s.at), '[]') FROM social_account_states AS s
              WHERE s.account_id = social_accounts.id) AS states,
            (SELECT coalesce(json_agg(d ORDER BY d.day), '[]') FROM social_account_days AS d
              WHERE d.account_id = social_accounts.id) AS days
            """),
        Section.Of(
            "socialGroup", "social_groups",
            """
            *, (SELECT coalesce(json_agg(m.account_id ORDER BY m.account_id), '[]') FROM social_group_members AS m
                WHERE m.group_id = social_groups.id AND m.user_id = $1) AS accounts
            """),
        Section.Of(
            "socialProxy", "social_proxies",
            "id, name, scheme, host, port, state, latency_ms, last_error, checked_at, created_at, updated_at"),
        Section.Of("warmupProtocol", "warmup_protocols", "*"),
        Section.Of("schedule", "social_schedules", "*"),
        new(
            "accountHealth",
            """
            SELECT account_id AS id, score, parts, computed_at,
                   (SELECT coalesce(json_agg(json_build_object('at', c.at, 'score', c.score) ORDER BY c.at), '[]')
                    FROM social_health_history AS c WHERE c.account_id = h.account_id) AS history
            FROM social_health AS h WHERE user_id = $1 AND ($2::uuid IS NULL OR account_id > $2) ORDER BY account_id LIMIT $3
            """),
        // by the day: few rows, and all that is counted
        new(
            "count",
            """
            SELECT NULL::uuid AS id, type, dimension, date_trunc('day', bucket, 'UTC') AS day, sum(count) AS count, sum(sum) AS sum
            FROM event_rollups WHERE user_id = $1 AND granularity = 'hour' AND $2::uuid IS NULL AND $3 > 0
            GROUP BY type, dimension, day ORDER BY day, type, dimension
            """),
    ];

    // Of an account of the user: their key is one of an index that begins with the account.
    private static readonly Section[] OfAccount =
    [
        new(
            "trackedEmail",
            "SELECT * FROM tracked_emails WHERE account_id = $1 AND ($2::uuid IS NULL OR message_key > $2) ORDER BY message_key LIMIT $3",
            "message_key"),
        new(
            "receivedEmail",
            "SELECT * FROM received_emails WHERE account_id = $1 AND ($2::uuid IS NULL OR message_key > $2) ORDER BY message_key LIMIT $3",
            "message_key"),
        new(
            "trackingRequest",
            "SELECT * FROM tracking_requests WHERE account_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"),
    ];

    /// <summary>Streams it to the caller; a key that is not good for all that a user has is refused.</summary>
    public async Task SendAsync(HttpContext context, Guid userId, CancellationToken cancellationToken)
    {
        if (UserRemoval.Refusal(context.Caller()) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }

        await using var pages = ReadAsync(userId, cancellationToken).GetAsyncEnumerator(cancellationToken);
        if (!await pages.MoveNextAsync())
        {
            await Problems.NotFound("user", userId).ExecuteAsync(context);
            return;
        }

        context.Response.ContentType = MediaType;
        context.Response.Headers.CacheControl = "no-store";
        do
        {
            await context.Response.WriteAsync(pages.Current, cancellationToken);
        }
        while (await pages.MoveNextAsync());
    }

    private async IAsyncEnumerable<string> ReadAsync(Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var section in OfUser)
        {
            await foreach (var page in ReadAsync(section, userId, userId, cancellationToken))
                yield return page;
        }

        var accounts = await dataSource.Command("SELECT id FROM mailboxes WHERE user_id = $1", userId)
            .ListAsync(row => row.GetGuid(0), cancellationToken);
        foreach (var section in accounts.SelectMany(account => OfAccount.Select(section => (section, account))))
        {
            await foreach (var page in ReadAsync(section.section, userId, section.account, cancellationToken))
                yield return page;
        }
    }

    private async IAsyncEnumerable<string> ReadAsync(
        Section section, Guid userId, Guid owner, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sql = $"SELECT t.{section.Key}, row_to_json(t)::text FROM ({section.Sql}) AS t";
        for (Guid? after = null; ;)
        {
            var rows = await database.ReadAsync(
                userId,
                source => source.Command(sql, owner, after, PageSize)
                    .ListAsync(row => (Key: row.Nullable<Guid>(0), Json: row.GetString(1)), cancellationToken),
                cancellationToken);
            if (rows.Count == 0)
                yield break;
            var page = new StringBuilder();
            foreach (var row in rows)
                page.Append("{\"type\":\"").Append(section.Type).Append("\",\"data\":").Append(row.Json).Append("}\n");
            yield return page.ToString();
            if (rows.Count < PageSize || rows[^1].Key is null)
                yield break;
            after = rows[^1].Key;
        }
    }

    /// <summary>Rows of one kind.</summary>
    /// <param name="Type">The kind.</param>
    /// <param name="Sql">Reads them.</param>
    /// <param name="Key">The column by which they are read on.</param>
    private sealed record Section(string Type, string Sql, string Key = "id")
    {
        public static Section Of(string type, string table, string columns) =>
            new(type, $"SELECT {columns} FROM {table} WHERE user_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3");
    }
}
