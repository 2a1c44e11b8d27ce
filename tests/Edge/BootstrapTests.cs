using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Analytics.Worker.Retention;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Edge;

/// <summary>The way to production: a first administrator, and neither the demo's key nor secrets that are none.</summary>
public sealed partial class BootstrapTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private const string OldKey = "c29tZXRoaW5nIGVsc2UgdGhhdCB3YXMgdXNlZCBiZWZvcmU=";

    private static readonly string[] Roles = ["edge_api", "workers_ingest", "workers_dispatch", "analytics_worker"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_first_administrator_is_made_once_and_the_key_shown_once()
    {
        await using var database = await NewDatabaseAsync();

        var first = await MigrationsAsync(database, "Production", "bootstrap-admin", "--email", "admin@example.com");
        first.ExitCode.ShouldBe(0, first.Error);
        var key = ShownKey().Match(first.Output).Value;
        (await OwnerOfAsync(database, key)).ShouldBe("admin@example.com {admin}");

        var second = await MigrationsAsync(database, "Production", "bootstrap-admin", "--email", "other@example.com");
        second.ExitCode.ShouldBe(0, second.Error);
        second.Output.ShouldContain("There is an administrator already: admin@example.com. Nothing was changed.");
        ShownKey().IsMatch(second.Output + second.Error).ShouldBeFalse();
        (await OwnerOfAsync(database, key)).ShouldBe("admin@example.com {admin}");

        var replaced = await MigrationsAsync(database, "Production", "bootstrap-admin", "--email", "admin@example.com", "--replace-key");
        (await OwnerOfAsync(database, ShownKey().Match(replaced.Output).Value)).ShouldBe("admin@example.com {admin}");
        (await OwnerOfAsync(database, key)).ShouldBeNull();
    }

    [Fact]
    public async Task A_deployment_names_the_administrator_and_the_key_in_its_configuration()
    {
        await using var database = await NewDatabaseAsync();
        var key = ApiKeySecret.New();

        var run = await RunAsync("Migrations", [], database, "Production", ("Bootstrap__AdminEmail", "ops@example.com"), ("Bootstrap__AdminKey", key));

        run.ExitCode.ShouldBe(0, run.Error);
        (run.Output + run.Error).ShouldNotContain(key);
        (await OwnerOfAsync(database, key)).ShouldBe("ops@example.com {admin}");
    }

    [Fact]
    public async Task After_a_change_of_the_key_everything_is_encrypted_again()
    {
        await using var database = await NewDatabaseAsync();
        await MigrationsAsync(database, "Production");
        var (before, after) = (Protector(OldKey), Protector(Key));
        var ids = Enumerable.Range(0, 1_200).Select(_ => Guid.CreateVersion7()).ToArray();
        await ExecuteAsync(
            database,
            """
            INSERT INTO users (id, email, name, created_at) SELECT id, id::text, 'x', now() FROM unnest($1::uuid[]) AS id;
            """,
            (object)ids);
        await ExecuteAsync(
            database,
            """
            INSERT INTO user_phone_numbers (id, user_id, phone_number, code, created_at)
            SELECT id, id, '+1555' || 1000000 + n, code, now() FROM unnest($1::uuid[], $2::bytea[]) WITH ORDINALITY AS t (id, code, n)
            """,
            ids, ids.Select(id => before.Protect(id.ToString(), SecretColumn.PhoneCode, id)).ToArray());

        var without = await MigrationsAsync(database, "Production", "re-encrypt");
        without.ExitCode.ShouldBe(1);
        without.Error.ShouldContain("1200 values were encrypted by a key");

        var run = await MigrationsAsync(database, "Production", "re-encrypt", "--old-key", OldKey);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain("user_phone_numbers.code: 500 encrypted, 0 not readable");
        run.Output.ShouldContain("user_phone_numbers.code: 1200 encrypted, 0 not readable");
        await using (var command = database.CreateCommand("SELECT id, code FROM user_phone_numbers"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                after.Unprotect(reader.GetFieldValue<byte[]>(1), SecretColumn.PhoneCode, reader.GetGuid(0)).ShouldBe(reader.GetGuid(0).ToString());
        }

        (await MigrationsAsync(database, "Production", "re-encrypt")).Output.ShouldNotContain(" encrypted,");
    }

    [Fact]
    public async Task Every_column_that_is_encrypted_is_encrypted_again()
    {
        await using var server = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = server.CreateCommand(
            """
            SELECT table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND data_type = 'bytea' AND column_name NOT LIKE '%hash' AND column_name NOT LIKE '%fingerprint' AND column_name NOT IN ('public_key', 'sha256')
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var known = Switchboard.Migrations.ReEncrypt.Columns.Select(column => $"{column.Table}.{column.Column}")
            .Concat(["account_connections.code_verifier", "dead_jobs.payload", "tracked_email_days.mails"]).ToList();
        while (await reader.ReadAsync())
            known.ShouldContain(reader.GetString(0));
    }

    [Fact]
    public async Task Each_process_reads_and_changes_only_what_it_works_with()
    {
        await using var database = await NewDatabaseAsync();
        (string, string)[] passwords = [.. Roles.Select(role => ($"Roles__{role}", "secret"))];
        for (var start = 0; start < 2; start++)
            (await RunAsync("Migrations", [], database, "Production", passwords)).ShouldSatisfyAllConditions(
                run => run.ExitCode.ShouldBe(0, run.Error), run => (run.Output + run.Error).ShouldNotContain("PASSWORD"));

        await AsAsync(database, "workers_dispatch", "SELECT * FROM notifications; UPDATE user_phone_numbers SET code_error = NULL");
        foreach (var closed in (string[])["api_keys", "mailboxes", "users", "rules", "emails", "idempotency_keys", "schema_migrations"])
            (await Should.ThrowAsync<PostgresException>(() => AsAsync(database, "workers_dispatch", $"SELECT * FROM {closed}")))
                .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, closed);
        (await Should.ThrowAsync<PostgresException>(() => AsAsync(database, "workers_ingest", "SELECT hash FROM api_keys")))
            .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        foreach (var role in Roles)
            (await Should.ThrowAsync<PostgresException>(() => AsAsync(database, role, "CREATE TABLE mine (id int)")))
                .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, role);

        await AsAsync(database, "workers_ingest", "ANALYZE tracked_emails");
        await AsAsync(database, "analytics_worker",
            "INSERT INTO tracked_email_days SELECT m.id, current_date, d.* FROM mailboxes AS m CROSS JOIN LATERAL tracked_email_day(m.id, now(), now()) AS d "
            + "ON CONFLICT (account_id, day) DO UPDATE SET mails = excluded.mails; DELETE FROM tracked_email_days");
        await AsAsync(database, "edge_api", "SELECT FROM get_tracked_email_days(ARRAY(SELECT id FROM mailboxes), current_date, current_date, '{}', '{}')");
    }

    [Fact]
    public async Task Retention_deletes_from_every_table_with_the_rights_of_its_process_and_reads_no_secret()
    {
        await using var database = await NewDatabaseAsync();
        (await RunAsync("Migrations", [], database, "Production", ("Roles__analytics_worker", "secret"))).ExitCode.ShouldBe(0);
        await using var analytics = As(database, "analytics_worker");

        foreach (var step in PruningPlan.At(TimeProvider.System.GetUtcNow(), new RetentionOptions()))
            await Should.NotThrowAsync(() => ExecuteAsync(analytics, step.Sql, step.Limit, 1_000), step.Table);

        foreach (var secret in (string[])["hash FROM api_keys", "phone_number FROM user_phone_numbers", "refresh_token FROM mailboxes"])
            (await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(analytics, $"SELECT {secret}")))
                .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, secret);
    }

    [Fact]
    public async Task Every_table_says_which_processes_work_with_it()
    {
        await using var server = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = server.CreateCommand(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'm', 'v')");
        await using var reader = await command.ExecuteReaderAsync();
        var named = Switchboard.Migrations.ProcessRoles.TableUsers.Keys;
        while (await reader.ReadAsync())
            named.ShouldContain(reader.GetString(0));
    }

    [Fact]
    public async Task The_command_explains_itself()
    {
        await using var database = await NewDatabaseAsync();

        var help = await MigrationsAsync(database, "Production", "bootstrap-admin", "--help");

        help.ExitCode.ShouldBe(0);
        help.Output.ShouldContain("--email");
    }

    [Fact]
    public async Task Outside_development_a_database_with_the_demo_key_starts_nothing()
    {
        await using var database = await NewDatabaseAsync();
        (await RunAsync("Migrations", [], database, "Development")).ExitCode.ShouldBe(0);

        foreach (var program in (string[])["Migrations", "Switchboard.Edge.Api"])
        {
            var run = await RunAsync(program, [], database, "Production");

            run.ExitCode.ShouldNotBe(0, program);
            (run.Output + run.Error).ShouldContain("This database holds the demo key sb_demo");
        }
    }

    [Theory]
    [InlineData("Encryption__Key", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Encryption:Key is the same few characters")]
    [InlineData("Encryption__Key", "short", "Encryption:Key has 5 characters")]
    [InlineData("Twilio__AuthToken", "1234", "Twilio:AuthToken has 4 characters")]
    [InlineData("WhatsApp__AppSecret", "demo-whatsapp-secret", "WhatsApp:AppSecret is the one of Development")]
    [InlineData("Graph__ClientState", "0000000000000000000000", "Graph:ClientState is the same few characters")]
    public async Task Outside_development_a_secret_that_is_none_is_refused_by_its_name(string setting, string value, string message)
    {
        await using var database = await NewDatabaseAsync();

        var run = await RunAsync("Switchboard.Edge.Api", [], database, "Production", (setting, value));

        run.ExitCode.ShouldNotBe(0);
        (run.Output + run.Error).ShouldContain(message);
    }

    private static SecretProtector Protector(string key) => new(Options.Create(new EncryptionOptions { Key = key }));

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private static NpgsqlDataSource As(NpgsqlDataSource database, string role) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "secret" });

    private static async Task AsAsync(NpgsqlDataSource database, string role, string sql)
    {
        await using var source = As(database, role);
        foreach (var statement in sql.Split("; "))
        {
            await using var command = source.CreateCommand(statement);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static Task<Run> MigrationsAsync(NpgsqlDataSource database, string environment, params string[] arguments) =>
        RunAsync("Migrations", arguments, database, environment);

    private static async Task<Run> RunAsync(
        string program, string[] arguments, NpgsqlDataSource database, string environment, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly.Load(program).Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in ((string, string)[])
            [
                ("DOTNET_ENVIRONMENT", environment),
                ("ASPNETCORE_ENVIRONMENT", environment),
                ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
                ("ConnectionStrings__switchboard", database.ConnectionString),
                ("ConnectionStrings__redis", "127.0.0.1:1,abortConnect=false,connectTimeout=500,connectRetry=0"),
                ("ConnectionStrings__rabbitmq", "amqp://127.0.0.1:1"),
                ("Encryption__Key", Key),
                ("Gmail__PushAudience", "https://switchboard.test/api/webhooks/gmail"),
                ("Gmail__PushServiceAccount", "push@switchboard.test"),
                ("Graph__ClientId", "11111111-2222-3333-4444-555555555555"),
                ("Graph__ClientSecret", "Zx81-a-secret-of-microsoft"),
                ("Graph__ClientState", "Zx81-a-state-for-microsoft"),
                ("Graph__PublicBaseUrl", "https://switchboard.test"),
                ("Twilio__AccountSid", "AC0123456789abcdef0123456789abcdef"),
                ("Twilio__AuthToken", "0123456789abcdef0123456789abcdef"),
                ("Twilio__PublicBaseUrl", "https://switchboard.test"),
                ("WhatsApp__AppSecret", "0123456789abcdef0123456789abcdef"),
                ("WhatsApp__VerifyToken", "Zx81-a-token-for-whatsapp"),
                ("Media__Folder", Path.GetTempPath()),
                .. settings,
            ])
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new TimeoutException($"{program} did not end: {await output}{await error}");
        }

        return new(process.ExitCode, await output, await error);
    }

    private async Task<NpgsqlDataSource> NewDatabaseAsync()
    {
        var name = $"made_{Guid.CreateVersion7():n}";
        await using var server = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = server.CreateCommand($"CREATE DATABASE {name} TEMPLATE template0");
        await command.ExecuteNonQueryAsync();
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name, Pooling = false });
    }

    private static async Task<string?> OwnerOfAsync(NpgsqlDataSource database, string key)
    {
        await using var command = database.CreateCommand(
            "SELECT u.email || ' ' || k.scopes::text FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.hash = $1");
        command.Parameters.AddWithValue(ApiKeySecret.Hash(key));
        return (string?)await command.ExecuteScalarAsync();
    }

    private sealed record Run(int ExitCode, string Output, string Error);

    [GeneratedRegex(@"sb_[\w-]{43}")]
    private static partial Regex ShownKey();
}
