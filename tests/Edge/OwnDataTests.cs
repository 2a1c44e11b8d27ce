using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Edge;

/// <summary>What is kept of a user: all of it is theirs to take along, and gone when they delete it.</summary>
public sealed class OwnDataTests(SharedEdge edge)
{
    // what an export says of each table
    private static readonly Dictionary<string, string> Exported = new()
    {
        ["api_keys"] = "apiKey",
        ["emails"] = "email",
        ["enrichment_items"] = "enrichment",
        ["event_rollups"] = "count",
        ["mail_syncs"] = "sync",
        ["mailboxes"] = "account",
        ["notification_categories"] = "category",
        ["notifications"] = "notification",
        ["notify_deliveries"] = "notifyDelivery",
        ["notify_digests"] = "notifyDigest",
        ["notify_requests"] = "notifyRequest",
        ["received_emails"] = "receivedEmail",
        ["recipient_addresses"] = "recipient",
        ["recipient_preferences"] = "preference",
        ["recipients"] = "recipient",
        ["rules"] = "rule",
        ["sms_messages"] = "smsMessage",
        ["social_account_days"] = "socialAccount",
        ["social_account_states"] = "socialAccount",
        ["social_accounts"] = "socialAccount",
        ["social_group_members"] = "socialGroup",
        ["social_groups"] = "socialGroup",
        ["social_proxies"] = "socialProxy",
        ["social_media"] = "socialMedia",
        ["social_post_targets"] = "socialPost",
        ["social_posts"] = "socialPost",
        ["social_health"] = "accountHealth",
        ["social_health_history"] = "accountHealth",
        ["social_schedules"] = "schedule",
        ["template_versions"] = "template",
        ["templates"] = "template",
        ["topic_members"] = "recipient",
        ["topics"] = "topic",
        ["tracked_emails"] = "trackedEmail",
        ["tracking_requests"] = "trackingRequest",
        ["user_phone_numbers"] = "phoneNumber",
        ["warmup_protocols"] = "warmupProtocol",
        ["webhook_endpoints"] = "webhookEndpoint",
        ["webhook_messages"] = "webhookMessage",
    };

    // secrets, what is on its way, and what is counted of the others
    private static readonly string[] Left =
    [
        "account_connections", "account_endings", "deletions", "idempotency_keys", "inbox_items", "social_account_endings", "social_media_parts",
        "tracked_email_changes", "tracked_email_days", "webhook_deliveries", "webhook_secrets",
    ];

    [Fact]
    public async Task An_export_has_something_of_every_table_and_no_secret()
    {
        var (user, key) = await edge.NewUserAsync([.. Scope.Personal]);
        await EveryEndpointTests.SeedAsync(edge, user, key);
        await edge.ExecuteAsync(
            $"""
            INSERT INTO emails (id, user_id, source, message_id, sender, subject, received_at, accepted_at, processed_at, matched)
            VALUES ('{user}', '{user}', 'user', 'm', 'a@b.test', 'Subject', now(), now(), now(), 0);
            INSERT INTO event_rollups (user_id, granularity, type, bucket, dimension, count)
            VALUES ('{user}', 'hour', 'notification.sent', now(), '', 1);
            INSERT INTO received_emails (id, account_id, message_key, subject_key, names, provider_id, internet_message_id, sender, subject,
                kind, is_answer_subject, received_at, created_at)
            VALUES ('{user}', '{user}', '{user}', '{user}', '{"{}"}', 'p', '<2@a.test>', 'a@b.test', 'Subject', 'reply', true, now(), now());
            """);

        using var answer = await edge.GetAsync(key, $"/api/users/{user}/export");
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!).ToList();

        lines.Select(line => (string)line["type"]!).Distinct().ShouldBe(Exported.Values.Distinct().Append("user"), ignoreOrder: true);
        foreach (var secret in (string[])["hash", "refresh_token", "code", "storage_key", "secret", "credentials"])
            lines.ShouldNotContain(line => line["data"]!.AsObject().ContainsKey(secret), secret);
        (await ListAsync(
            """
            SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('user_id', 'account_id')
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'm') AND NOT a.attisdropped
            """)).ShouldBe(Exported.Keys.Concat(Left), ignoreOrder: true, "a table of users is exported, or said here not to be");
    }

    [Fact]
    public async Task An_export_is_for_a_key_that_is_good_for_all_that_is_in_it()
    {
        foreach (var missing in Scope.Personal)
        {
            var (user, key) = await edge.NewUserAsync([.. Scope.Personal.Where(scope => scope != missing)]);

            (await edge.GetAsync(key, "/api/users/me/export")).StatusCode.ShouldBe(HttpStatusCode.Forbidden, missing);
            (await edge.GetAsync(key, $"/api/users/{user}/export")).StatusCode.ShouldBe(HttpStatusCode.Forbidden, missing);
            (await edge.SendAsync(HttpMethod.Delete, key, "/api/users/me", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, missing);
        }
    }

    [Fact]
    public async Task With_an_item_go_the_words_of_its_SMS_for_its_user_alone()
    {
        var (user, key) = await edge.NewUserAsync("texts");
        var (_, other) = await edge.NewUserAsync("texts");
        await EveryEndpointTests.SeedAsync(edge, user, key);

        (await DeleteAsync(other)).ShouldBe(HttpStatusCode.NotFound);
        (await WordsAsync()).ShouldBe(["text"]);
        (await DeleteAsync(key)).ShouldBe(HttpStatusCode.NoContent);
        (await WordsAsync()).ShouldBe([""]);

        async Task<HttpStatusCode> DeleteAsync(string by) =>
            (await edge.SendAsync(HttpMethod.Delete, by, $"/api/enrichments/{user}", null)).StatusCode;

        Task<List<string>> WordsAsync() => ListAsync($"SELECT body FROM sms_messages WHERE user_id = '{user}'");
    }

    [Fact]
    public async Task What_belongs_to_a_user_cannot_be_written_of_one_who_is_gone() =>
        // deletions outlive the user; what is recorded of an account holds its row (0021_deletion.sql)
        (await ListAsync(
            """
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT EXISTS (
                SELECT FROM pg_constraint f
                WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.convalidated
                    AND (f.confrelid = 'users'::regclass AND a.attnum = ANY (f.conkey) OR f.confrelid = 'mailboxes'::regclass))
            ORDER BY c.relname
            """)).ShouldBe(["deletions", "tracked_emails"]);

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var command = edge.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
            found.Add(reader.GetString(0));
        return found;
    }
}
