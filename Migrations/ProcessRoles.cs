using Microsoft.Extensions.Configuration;
using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Migrations;

/// <summary>
/// A role of Postgres for each process, with the tables that it works with and no others: who takes over the process that sends finds
/// neither keys nor the tokens of mailboxes. Made at each start for the roles whose passwords are configured
/// (<c>Roles:workers_dispatch=…</c>), in one transaction, so that what runs meanwhile is never without its rights.
/// </summary>
internal sealed class ProcessRoles(NpgsqlDataSource dataSource, IConfiguration configuration)
{
    public const string Edge = "edge_api";
    public const string Ingest = "workers_ingest";
    public const string Dispatch = "workers_dispatch";
    public const string Analytics = "analytics_worker";

    private const string Section = "Roles";

    // any number, as long as nothing else in this database locks on it
    private const long LockKey = 0x5B_0401E5;

    private static readonly string[] All = [Edge, Ingest, Dispatch, Analytics];

    /// <summary>Who works with a table. One that is not named here is for all: a test keeps that from lasting.</summary>
    public static IReadOnlyDictionary<string, string[]> TableUsers { get; } = new Dictionary<string, string[]>
    {
        ["account_connections"] = [Edge, Ingest, Analytics],
        ["account_endings"] = [Edge, Ingest, Analytics],
        ["api_keys"] = [Edge],
        ["counted_facts"] = [Analytics],
        ["dead_jobs"] = All,
        ["deletions"] = [Edge, Ingest, Analytics],
        ["emails"] = [Edge, Ingest, Analytics],
        ["enrichment_items"] = [Edge, Ingest, Analytics],
        ["event_rollups"] = [Edge, Ingest, Analytics],
        ["graph_mailboxes"] = [Edge, Ingest, Analytics],
        ["idempotency_keys"] = [Edge, Ingest, Analytics],
        ["inbox_items"] = [Edge, Dispatch, Analytics],
        ["job_minutes"] = All,
        ["job_processes"] = All,
        ["job_queues"] = All,
        ["mail_sync_errors"] = [Edge, Ingest, Analytics],
        ["mail_syncs"] = [Edge, Ingest, Analytics],
        ["mailboxes"] = [Edge, Ingest],
        ["notification_attempts"] = All,
        ["notification_categories"] = [Edge, Ingest, Dispatch],
        ["notification_rollups"] = [Edge, Analytics],
        ["notifications"] = All,
        ["notify_deliveries"] = All,
        ["notify_digests"] = All,
        ["notify_requests"] = All,
        ["phone_number_tries"] = [Edge, Analytics],
        ["process_reports"] = All,
        ["rate_limit_slots"] = [Edge, Ingest, Dispatch],
        ["rate_limit_windows"] = [Edge, Ingest, Dispatch],
        ["received_emails"] = [Edge, Ingest, Analytics],
        ["recipient_addresses"] = [Edge, Ingest, Dispatch],
        ["recipient_preferences"] = [Edge, Ingest, Dispatch],
        ["recipients"] = [Edge, Ingest, Dispatch],
        ["rules"] = [Edge, Ingest, Analytics],
        ["scheduled_jobs"] = All,
        ["schema_migrations"] = [],
        ["sms_messages"] = [Edge, Ingest, Analytics],
        ["sms_opt_changes"] = [Edge, Ingest, Dispatch, Analytics],
        ["sms_opt_outs"] = [Edge, Ingest, Dispatch],
        ["sms_replies"] = [Edge, Ingest, Analytics],
        ["social_account_endings"] = [Edge, Ingest, Dispatch],
        ["social_account_days"] = [Edge, Dispatch, Analytics],
        ["social_account_states"] = [Edge, Dispatch, Analytics],
        ["social_accounts"] = All,
        ["social_attempts"] = [Edge, Dispatch, Analytics],
        ["social_group_members"] = All,
        ["social_groups"] = All,
        ["social_health"] = [Edge, Ingest, Analytics],
        ["social_health_history"] = [Edge, Ingest, Analytics],
        ["social_instances"] = [Edge, Dispatch],
        ["social_media"] = [Edge, Ingest, Dispatch],
        ["social_media_parts"] = [Edge, Ingest],
        ["social_post_targets"] = All,
        ["social_posts"] = All,
        ["social_proxies"] = All,
        ["social_proxy_checks"] = [Edge, Dispatch, Analytics],
        ["social_schedules"] = [Edge, Ingest, Dispatch],
        ["template_versions"] = [Edge, Ingest, Dispatch],
        ["templates"] = [Edge, Ingest, Dispatch],
        ["topic_members"] = [Edge, Ingest, Dispatch],
        ["topics"] = [Edge, Ingest, Dispatch],
        ["tracked_email_changes"] = [Edge, Ingest, Analytics],
        ["tracked_email_days"] = [Edge, Ingest, Analytics],
        ["tracked_emails"] = [Edge, Ingest, Analytics],
        ["tracking_requests"] = [Edge, Ingest, Analytics],
        ["tracking_view_refreshes"] = [Edge, Analytics],
        ["user_phone_numbers"] = [Edge, Ingest, Dispatch],
        ["users"] = [Edge, Ingest, Analytics],
        ["webhook_attempts"] = [Edge, Dispatch],
        ["webhook_deliveries"] = [Edge, Ingest, Dispatch],
        ["webhook_endpoints"] = All,
        ["webhook_messages"] = All,
        ["webhook_secrets"] = [Edge, Dispatch],
        ["vapid_keys"] = [Edge, Dispatch],
        ["warmup_protocols"] = All,
    };

    // what a process does that takes more than reading and writing rows: ANALYZE
    private static readonly (string Table, string Role)[] Maintained = [("received_emails", Ingest), ("tracked_emails", Ingest)];

    // what Analytics.Worker deletes of tables that hold secrets, and by what it finds it: nothing else of them can be read
    private static readonly (string Table, string Columns)[] DeletedByAnalytics =
    [
        ("api_keys", "ctid, revoked_at"),
        ("mailboxes", "id, user_id, provider, address, status, created_at"),
        ("user_phone_numbers", "ctid, verified_at, created_at"),
    ];

    private const string TablesSql =
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'v')";

    private const string MakeSql =
        """
        SELECT format(CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1) THEN 'ALTER' ELSE 'CREATE' END
            || ' ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L', $1, $2)
        """;

    /// <summary>Makes the roles, and gives and takes their rights.</summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var roles = All.Where(role => configuration[$"{Section}:{role}"] is { Length: > 0 }).ToList();
        if (roles.Count == 0)
            return;

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.Command("SELECT pg_advisory_xact_lock($1)", LockKey).RunAsync(cancellationToken);
        var tables = await transaction.Command(TablesSql).ListAsync(row => row.GetString(0), cancellationToken);
        foreach (var role in roles)
        {
            var make = await transaction.Command(MakeSql, role, configuration[$"{Section}:{role}"])
                .ListAsync(row => row.GetString(0), cancellationToken);
            await transaction.Command(make[0]).RunAsync(cancellationToken);
            await transaction.Command(GrantSql(role, tables)).RunAsync(cancellationToken);
        }

        var maintain = connection.PostgreSqlVersion.Major >= 17
            ? "GRANT MAINTAIN ON {0} TO {1}"
            // before, it takes the owner, who may do what the migrator leaves to nobody else
            : "ALTER TABLE {0} OWNER TO {1}";
        foreach (var (table, role) in Maintained.Where(one => roles.Contains(one.Role) && tables.Contains(one.Table)))
        {
#pragma warning disable CA1863 // twice at a start
            await transaction.Command(string.Format(null, maintain, table, role)).RunAsync(cancellationToken);
#pragma warning restore CA1863
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static string GrantSql(string role, IReadOnlyList<string> tables)
    {
        var mine = tables.Where(table => !TableUsers.TryGetValue(table, out var users) || users.Contains(role));
        var deleted = DeletedByAnalytics.Where(_ => role == Analytics)
            .Select(one => $"GRANT SELECT ({one.Columns}), DELETE ON {one.Table} TO {role};");
        return $"""
            REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
            GRANT USAGE ON SCHEMA public TO {role};
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
            GRANT SELECT, INSERT, UPDATE, DELETE ON {string.Join(", ", mine)} TO {role};
            {string.Concat(deleted)}
            """;
    }
}
