using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FastEndpoints;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Edge;

/// <summary>
/// Walks every endpoint of the description of the API: with each scope missing, and as a user to whom nothing belongs. Who adds an
/// endpoint declares its scope, or names it here as one for everybody.
/// </summary>
public sealed partial class EveryEndpointTests(EdgeProcess edge) : IClassFixture<EdgeProcess>
{
    // each verifies by itself who asks, or says nothing of anybody
    private static readonly string[] ForEverybody =
    [
        "GET /api/accounts/email/callback", "GET /api/accounts/email/connect", "GET /api/accounts/social/callback",
        "GET /api/accounts/social/connect", "GET /api/deletions/{id}", "GET /api/health/performance",
        "GET /api/media/{token}", "GET /api/sms/performance/health", "GET /api/webhooks/whatsapp", "GET /health/performance", "GET /m/{token}", "GET /u/{token}",
        "POST /api/accounts/email/connect", "POST /api/accounts/social/connect", "POST /api/sms/status", "POST /api/sms/webhook", "POST /api/webhooks/gmail",
        "POST /api/webhooks/graph", "POST /api/webhooks/whatsapp", "POST /u/{token}",
    ];

    // an administrator's, or a key's with every scope that concerns its user alone (EndToEnd/Operations/DeletionTests)
    private static readonly string[] OfOneself = ["DELETE /api/users/me", "GET /api/users/me/export", "GET /api/users/{id}/export"];

    private static readonly string[] ForOperators = [Scope.Jobs, Scope.Admin];

    // {0}: what belongs to the first user. What has an id in its route needs a body that would be taken.
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["PUT /api/rules/{id}"] = """{"name":"x","sender":{"domains":["a.test"]},"channel":"whatsapp","recipient":"+15550100001"}""",
        ["PATCH /api/emails/tracked/{id}"] = """{"status":"stopped"}""",
        ["PATCH /api/accounts/email/{id}"] = """{"status":"paused"}""",
        ["PATCH /api/accounts/social/{id}"] = """{"tags":["x"]}""",
        ["PATCH /api/groups/{id}"] = """{"name":"x"}""",
        ["PUT /api/groups/{id}/members"] = """{"accounts":["{0}"]}""",
        ["DELETE /api/groups/{id}/members"] = """{"accounts":["{0}"]}""",
        ["PATCH /api/proxies/{id}"] = """{"name":"x"}""",
        ["PATCH /api/warmup-protocols/{id}"] = """{"name":"x"}""",
        ["POST /api/phone-numbers/{id}/verify"] = """{"code":"123456"}""",
        ["POST /api/emails/sync"] = """{"accountId":"{0}"}""",
        ["POST /api/emails/track"] = """{"accountId":"{0}","messageId":"<1@a.test>"}""",
        ["PUT /api/templates/{key}"] = """{"variants":[{"text":"x"}]}""",
        ["POST /api/templates/{key}/rollback"] = """{"version":1}""",
        ["POST /api/templates/{key}/preview"] = """{"channel":"sms"}""",
        ["POST /api/api-keys"] = """{"name":"x","userId":"{0}"}""",
        ["PATCH /api/schedules/{id}"] = """{"missed":"once"}""",
        ["PUT /api/schedules/{id}/queue"] = """{"posts":["{0}"]}""",
        ["PATCH /api/webhook-endpoints/{id}"] = """{"description":"x"}""",
        ["POST /api/webhook-endpoints/{id}/recover"] = """{"since":"2026-01-01T00:00:00Z"}""",
        ["PATCH /api/posts/{id}"] = """{"tags":["x"]}""",
        ["POST /api/posts/{id}/targets/{targetId}/settle"] = """{"outcome":"published"}""",
        ["PUT /api/media-library/{id}"] = """{"altText":"x"}""",
    };

    [Fact]
    public async Task Every_endpoint_declares_its_scope_or_is_known_to_be_for_everybody()
    {
        var operations = await ApiOperation.ReadAsync(edge.Http);

        operations.Where(operation => operation is { NeedsKey: false, NeedsToken: false }).Select(operation => operation.Name).ShouldBe(ForEverybody, ignoreOrder: true);
        operations.Where(operation => operation.NeedsKey && operation.Scopes.Count == 0).Select(operation => operation.Name)
            .ShouldBe(OfOneself, ignoreOrder: true);
        operations.Where(operation => operation.NeedsToken)
            .ShouldAllBe(operation => operation.Path.StartsWith("/api/inbox", StringComparison.Ordinal));
        var described = operations.Select(operation => operation.Id).ToList();
        typeof(Scope).Assembly.GetTypes().Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(BaseEndpoint)))
            .Where(type => !described.Exists(id => id.StartsWith(type.Name, StringComparison.Ordinal)))
            .Select(type => type.Name).ShouldBeEmpty("an endpoint that is not described is not walked");
    }

    [Fact]
    public async Task Without_its_scope_an_endpoint_is_forbidden_and_with_it_alone_it_is_not()
    {
        var operations = await ApiOperation.ReadAsync(edge.Http);
        foreach (var scope in Scope.All)
        {
            var (user, others) = await edge.NewUserAsync([.. Scope.All.Where(other => other != scope && other != Scope.Admin)]);
            var alone = await edge.NewKeyAsync(user, scope);
            foreach (var operation in operations.Where(operation => operation.Scopes.Contains(scope)))
            {
                (await SendAsync(operation, others, Guid.CreateVersion7())).Status
                    .ShouldBe(HttpStatusCode.Forbidden, $"{operation.Name} without {scope}");
                (await SendAsync(operation, alone, Guid.CreateVersion7())).Status
                    .ShouldNotBeOneOf([HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized], $"{operation.Name} with {scope}");
            }
        }
    }

    [Fact]
    public async Task Without_a_key_an_endpoint_that_needs_one_is_closed()
    {
        var (_, key) = await edge.NewUserAsync([.. Scope.All]);
        var operations = await ApiOperation.ReadAsync(edge.Http);
        foreach (var operation in operations.Where(operation => operation.NeedsKey))
            (await SendAsync(operation, "sb_nobody", Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.Unauthorized, operation.Name);
        foreach (var operation in operations.Where(operation => operation.NeedsToken))
            (await SendAsync(operation, key, Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.Unauthorized, $"{operation.Name} with a key");
    }

    [Fact]
    public async Task Wherever_there_is_a_GET_there_is_a_HEAD()
    {
        var (user, key) = await edge.NewUserAsync([.. Scope.All]);
        foreach (var operation in (await ApiOperation.ReadAsync(edge.Http)).Where(operation => operation.Method == HttpMethod.Get))
        {
            var (status, _) = await SendAsync(operation, key, user);
            var (head, body) = await SendAsync(operation with { Method = HttpMethod.Head }, key, user);
            head.ShouldBe(status, operation.Name);
            body.ShouldBeEmpty(operation.Name);
        }
    }

    [Fact]
    public async Task A_second_user_neither_sees_nor_changes_what_the_first_one_has()
    {
        var scopes = Scope.All.Except(ForOperators).ToArray();
        var (first, key) = await edge.NewUserAsync(scopes);
        await SeedAsync(edge, first, key);
        var (_, second) = await edge.NewUserAsync(scopes);
        var before = await EverythingOfAsync(first);
        // who deletes themselves does so last
        var walked = (await ApiOperation.ReadAsync(edge.Http)).Where(operation => operation.NeedsKey && !operation.Scopes.Overlaps(ForOperators))
            .OrderBy(operation => operation.Name == "DELETE /api/users/me").ToList();

        foreach (var operation in walked)
        {
            var (status, text) = await SendAsync(operation, second, first, isEmpty: false);
            // a 404 repeats the id that was asked for, and nothing else
            NotThere(first).Replace(text, "", 1).ShouldNotContain(first.ToString(), Case.Insensitive, operation.Name);
            if (OfOneThing().IsMatch(operation.Path))
                status.ShouldBe(HttpStatusCode.NotFound, $"{operation.Name}: {text}");
        }

        (await EverythingOfAsync(first)).ShouldBe(before);
        foreach (var own in walked.Where(operation => operation.Method == HttpMethod.Get && OfOneThing().IsMatch(operation.Path) && operation.Path.EndsWith('}')))
            (await SendAsync(own, key, first)).Status.ShouldBe(HttpStatusCode.OK, $"the first user's own: {own.Name}");
    }

    // by its id, or by its user's own name of it
    [GeneratedRegex(@"\{(id|key|[a-z]+Id)\}", RegexOptions.CultureInvariant)]
    private static partial Regex OfOneThing();

    private static Regex NotThere(Guid id) => new($"There is no [a-z ]+ {id}", RegexOptions.CultureInvariant);

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(ApiOperation operation, string key, Guid id, bool isEmpty = true)
    {
        var path = OfOneThing().Replace(operation.Path, id.ToString());
        if (operation.Method == HttpMethod.Get && !isEmpty)
            path += $"?userId={id}&accountId={id}&ruleId={id}&phoneNumberId={id}";
        // OpenAPI names no bodies of DELETE
        var body = operation.Example is not null || Bodies.ContainsKey(operation.Name)
            ? new StringContent(
                isEmpty ? "{}" : Bodies.GetValueOrDefault(operation.Name, "{}").Replace("{0}", id.ToString(), StringComparison.Ordinal),
                Encoding.UTF8, "application/json")
            : null;
        using var answer = await edge.SendAsync(operation.Method, key, path, body);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Gives a user one of each kind; every id is that of the user, so that it is found wherever it is shown.</summary>
    internal static async Task SeedAsync(EdgeProcess edge, Guid user, string key)
    {
        await using var command = edge.Database.CreateCommand(
            """
            UPDATE api_keys SET id = @id WHERE hash = @hash;
            INSERT INTO rules (id, user_id, name, type, sender_rules, content_rules, priority, active, continue, template, channel, recipient,
                created_at, updated_at)
            VALUES (@id, @id, 'Rule', 'sender', '{"addresses": [], "domains": ["a.test"], "wildcards": [], "exclusions": []}',
                '{"anyOf": [], "allOf": [], "noneOf": [], "scope": "both"}', 1, true, false, 'x', 'whatsapp', '+15550100001', now(), now());
            INSERT INTO templates (id, user_id, key, kind, latest_version, created_at, updated_at)
            VALUES (@id, @id, @id::text, 'template', 1, now(), now());
            INSERT INTO template_versions (template_id, version, user_id, variants, source_bytes, created_at, published_at)
            VALUES (@id, 1, @id, '[{"text": "text"}]', 4, now(), now());
            INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, failed_at)
            VALUES (@id, @id, 'whatsapp', '+15550100001', 'text', 1, 'failed', 'api', now(), now());
            INSERT INTO mailboxes (id, user_id, provider, address, refresh_token, status, created_at, tracking, tracking_since)
            VALUES (@id, @id, 'gmail', @id::text || '@example.com', '\x00', 'active', now(), NULL, NULL);
            INSERT INTO mail_syncs (id, account_id, user_id, batch_size, state, created_at, updated_at)
            VALUES (@id, @id, @id, 100, 'queued', now(), now());
            INSERT INTO tracking_requests (id, account_id, user_id, message_id, state, created_at)
            VALUES (@id, @id, @id, '<1@a.test>', 'queued', now());
            INSERT INTO tracked_emails (id, account_id, user_id, message_key, subject_key, provider_id, internet_message_id, subject, recipient,
                recipient_domain, recipients, categories, sent_at, status, expires_at, next_check_at, tracked_by, created_at, updated_at)
            VALUES (@id, @id, @id, @id, @id, 'p', '<1@a.test>', 'Subject', 'a@b.test', 'b.test', '{a@b.test}', '{}', now(), 'active',
                now() + interval '9 days', now() + interval '9 days', 'policy', now(), now());
            INSERT INTO user_phone_numbers (id, user_id, phone_number, created_at) VALUES (@id, @id, '+15550111222', now());
            INSERT INTO sms_messages (id, message_sid, user_id, sender, recipient, body, media_count, outcome, received_at, processed_at)
            VALUES (@id, @id::text, @id, '+15550111222', '+15550009999', 'text', 0, 'accepted', now(), now());
            INSERT INTO enrichment_items (id, user_id, message_id, part, source, kind, status, text, created_at, completed_at)
            VALUES (@id, @id, @id, 0, 'sms', 'text', 'completed', 'text', now(), now());
            INSERT INTO recipients (id, user_id, external_id, created_at, updated_at) VALUES (@id, @id, @id::text, now(), now());
            INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, address, fingerprint, created_at)
            VALUES (@id, @id, @id, 'email', 'a@b.test', '\x00', now());
            UPDATE users SET recipients = 1 WHERE id = @id;
            INSERT INTO topics (id, user_id, name, created_at) VALUES (@id, @id, @id::text, now());
            INSERT INTO topic_members (topic_id, recipient_id, user_id) VALUES (@id, @id, @id);
            INSERT INTO notification_categories (user_id, name, created_at, updated_at) VALUES (@id, @id::text, now(), now());
            INSERT INTO recipient_preferences (recipient_id, user_id, updated_at) VALUES (@id, @id, now());
            INSERT INTO notify_requests (id, user_id, category, priority, request, created_at) VALUES (@id, @id, 'default', 2, '{"to":[]}', now());
            INSERT INTO notify_digests (id, user_id, recipient_key, category, key, channel, address, opened_at, due_at, latest_at)
            VALUES (@id, @id, @id, 'default', '', 'sms', '+1', now(), now(), now());
            INSERT INTO notify_deliveries (id, request_id, user_id, recipient_key, recipient, channel, address, state, created_at)
            VALUES (@id, @id, @id, @id, 'ann', 'sms', '+1', 'created', now());
            INSERT INTO webhook_endpoints (id, user_id, url, events, created_at, updated_at)
            VALUES (@id, @id, 'https://a.test/', '{*}', now(), now());
            INSERT INTO webhook_secrets (id, user_id, endpoint_id, secret, created_at) VALUES (@id, @id, @id, '\x00', now());
            INSERT INTO webhook_messages (id, user_id, type, payload, created_at) VALUES (@id, @id, 'notification.sent', '{}', now());
            INSERT INTO webhook_deliveries (id, user_id, endpoint_id, message_id, state, created_at)
            VALUES (@id, @id, @id, @id, 'failed', now());
            INSERT INTO social_proxies (id, user_id, name, scheme, host, port, next_check_at, created_at, updated_at)
            VALUES (@id, @id, @id::text, 'http', '8.8.8.8', 3128, 'infinity', now(), now());
            INSERT INTO warmup_protocols (id, user_id, name, steps, created_at, updated_at)
            VALUES (@id, @id, @id::text, '[{"days": 1, "cap": 1}]', now(), now());
            INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, created_at, updated_at)
            VALUES (@id, @id, 'x', @id::text, @id::text, '\x00', 'active', now(), now(), now());
            INSERT INTO social_account_states (account_id, at, state) VALUES (@id, now(), 'active');
            INSERT INTO social_account_days (account_id, day) VALUES (@id, '2026-01-01') ON CONFLICT DO NOTHING;
            INSERT INTO social_groups (id, user_id, name, created_at, updated_at) VALUES (@id, @id, @id::text, now(), now());
            INSERT INTO social_group_members (user_id, group_id, account_id) VALUES (@id, @id, @id);
            INSERT INTO social_media (id, user_id, file_name, total_bytes, state, created_at, updated_at)
            VALUES (@id, @id, 'a.png', 10, 'uploading', now(), now());
            INSERT INTO social_media_parts (id, user_id, media_id, position) VALUES (@id, @id, @id, 0);
            INSERT INTO social_posts (id, user_id, content, targets, state, created_at, updated_at)
            VALUES (@id, @id, '{"text": "text"}', '{}', 'publishing', now(), now());
            INSERT INTO social_post_targets (id, user_id, post_id, account_id, platform, state, created_at, updated_at)
            VALUES (@id, @id, @id, @id, 'x', 'unknown', now(), now());
            INSERT INTO social_schedules (id, user_id, name, time_zone, kind, slots, targets, created_at, updated_at)
            VALUES (@id, @id, @id::text, 'UTC', 'slots', '[{"day": "monday", "time": "09:30"}]', '{"accounts": [], "groups": []}', now(), now());
            INSERT INTO social_health (account_id, user_id, score, parts, computed_at) VALUES (@id, @id, 90, '{}', now());
            INSERT INTO social_health_history (account_id, at, score) VALUES (@id, now(), 90);
            """);
        command.Parameters.AddWithValue("id", user);
        command.Parameters.AddWithValue("hash", Core.Security.ApiKeySecret.Hash(key));
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Every row of a user, in every table that has users.</summary>
    private async Task<string> EverythingOfAsync(Guid user)
    {
        var tables = new List<string>();
        await using (var command = edge.Database.CreateCommand(
            """
            SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND column_name = 'user_id' AND table_type = 'BASE TABLE' AND table_name <> 'idempotency_keys'
            ORDER BY table_name
            """))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }

        var rows = new StringBuilder();
        foreach (var table in tables)
        {
            await using var command = edge.Database.CreateCommand(
                $"SELECT coalesce(string_agg(t::text, '\n' ORDER BY t::text), '') FROM {table} t WHERE user_id = $1");
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = user });
            rows.AppendLine($"{table}: {await command.ExecuteScalarAsync()}");
        }

        return rows.ToString();
    }
}
