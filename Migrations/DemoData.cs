using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Security;

namespace Switchboard.Migrations;

/// <summary>
/// The demo user of Development with a key, a mailbox in the simulator and a few rules, so that a newcomer sees messages flow.
/// Applied with each start and changes nothing that is there: what a developer edited stays.
/// </summary>
internal sealed class DemoData(NpgsqlDataSource dataSource, SecretProtector secrets)
{
    private static readonly Guid MailboxId = new("00000000-0000-0000-0002-000000000001");

    // its own statement: older data has the user already; a number that a developer unlinked comes back
    private const string PhoneNumberSql =
        """
        INSERT INTO user_phone_numbers (id, user_id, phone_number, verified_at, created_at)
        SELECT '00000000-0000-0000-0004-000000000001', id, '+15550100001', now(), now()
        FROM users WHERE id = '00000000-0000-0000-0000-000000000001'
        ON CONFLICT DO NOTHING
        """;

    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            WITH demo_user AS (
                INSERT INTO users (id, email, name, created_at)
                VALUES ('00000000-0000-0000-0000-000000000001', 'demo@example.com', 'Demo', now())
                ON CONFLICT DO NOTHING
                RETURNING id
            ), demo_key AS (
                INSERT INTO api_keys (id, user_id, name, hash, prefix, scopes, created_at)
                SELECT '00000000-0000-0000-0001-000000000001', id, 'Demo key', @hash, @prefix,
                       '{rules,notifications,critical,mail,texts,analytics,jobs,admin}', now()
                FROM demo_user
            ), demo_mailbox AS (
                INSERT INTO mailboxes (id, user_id, provider, address, refresh_token, status, created_at)
                SELECT @mailbox, id, 'gmail', 'demo@example.com', @refresh_token, 'active', now()
                FROM demo_user
            )
            INSERT INTO rules (id, user_id, name, type, sender_rules, content_rules, priority, active, continue,
                               template, channel, recipient, created_at, updated_at)
            SELECT rule.id::uuid, demo_user.id, rule.name, rule.type, rule.sender::jsonb, rule.content::jsonb, rule.priority, true, false,
                   rule.template, 'whatsapp', '+15550100001', now(), now()
            FROM demo_user, (VALUES
                ('00000000-0000-0000-0003-000000000001', 'Outages', 'sender', 100,
                 '{"addresses": [], "domains": [], "wildcards": ["alert*@*"], "exclusions": []}',
                 '{"anyOf": [], "allOf": [], "noneOf": [], "scope": "both", "hasAttachment": null}',
                 E'Outage: {{subject}}\n{{text}}'),
                ('00000000-0000-0000-0003-000000000002', 'Invoices', 'content', 50,
                 '{"addresses": [], "domains": [], "wildcards": [], "exclusions": []}',
                 '{"anyOf": ["invoice", "payment due"], "allOf": [], "noneOf": ["newsletter"], "scope": "both", "hasAttachment": null}',
                 E'{{subject}} (from {{from}})\n{{text}}'),
                ('00000000-0000-0000-0003-000000000003', 'The boss, urgently', 'combined', 10,
                 '{"addresses": ["boss@example.com"], "domains": [], "wildcards": [], "exclusions": []}',
                 '{"anyOf": ["urgent", "asap"], "allOf": [], "noneOf": [], "scope": "subject", "hasAttachment": null}',
                 E'{{from}} needs you: {{subject}}')
            ) AS rule (id, name, type, priority, sender, content, template)
            """,
            connection);
        command.Parameters.AddWithValue("mailbox", MailboxId);
        command.Parameters.AddWithValue("hash", ApiKeySecret.Hash(DemoKey.Value));
        command.Parameters.AddWithValue("prefix", ApiKeySecret.Shown(DemoKey.Value));
        command.Parameters.AddWithValue(
            "refresh_token", secrets.Protect("demo-gmail-refresh", SecretColumn.RefreshToken("gmail-refresh-token"), MailboxId));
        await command.ExecuteNonQueryAsync(cancellationToken);
        await connection.Command(PhoneNumberSql).RunAsync(cancellationToken);
    }
}
