using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Security;

namespace Switchboard.Migrations;

/// <summary>The first administrator; the options of the command, or the section <c>Bootstrap</c> of the configuration.</summary>
internal sealed class NewAdmin
{
    public const string Section = "Bootstrap";

    public string AdminEmail { get; init; } = "";

    public string AdminName { get; init; } = "Administrator";

    /// <summary>The key, made elsewhere, such as a secret of azd; then nobody is shown it. Left out, one is made and written
    /// once.</summary>
    public string? AdminKey { get; init; }

    /// <summary>Whether the administrator that is there gets a new key in place of a lost or leaked one.</summary>
    public bool ReplaceKey { get; init; }
}

/// <summary>
/// <c>dotnet Migrations.dll bootstrap-admin</c>: makes the user who makes all others, with a key of the scope <c>admin</c>. It is done
/// once: where there is an administrator already, it says so and changes nothing.
/// </summary>
internal sealed class BootstrapAdmin(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    // any number, as long as nothing else in this database locks on it
    private const long LockKey = 0x5B_0AD14;

    private const string FindSql =
        """
        SELECT key.id, owner.email
        FROM api_keys key JOIN users owner ON owner.id = key.user_id
        WHERE 'admin' = ANY (key.scopes) AND key.revoked_at IS NULL AND (key.expires_at IS NULL OR key.expires_at > $1) AND key.hash <> $2
        ORDER BY key.parent_id IS NOT NULL, key.created_at
        LIMIT 1
        """;

    // somebody who had a key and has none any more is an administrator again
    private const string MakeSql =
        """
        WITH owner AS (
            INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (lower(email)) DO UPDATE SET email = users.email
            RETURNING id
        )
        INSERT INTO api_keys (id, user_id, name, hash, prefix, scopes, created_at)
        SELECT $5, owner.id, 'First administrator', $6, $7, '{admin}', $4 FROM owner
        """;

    private const string ReplaceSql = "UPDATE api_keys SET hash = $2, prefix = $3 WHERE id = $1";

    private const int ShortestKey = 40;

    public static Command CreateCommand()
    {
        var email = new Option<string>("--email") { Description = "The address of the administrator.", Required = true };
        var name = new Option<string>("--name") { Description = "Their name.", DefaultValueFactory = _ => new NewAdmin().AdminName };
        var replace = new Option<bool>("--replace-key")
        {
            Description = "Where there is an administrator: a new key in place of the lost or leaked one, which is let in for five minutes "
                + "more at most. What was made by it stays.",
        };
        var command = new Command("bootstrap-admin", "Makes the first administrator and writes the key, once. Run again, it changes nothing.")
        {
            email, name, replace,
        };
        command.SetAction((parsed, cancellationToken) => MigrationHost.RunAsync(
            async (services, token) =>
            {
                await MigrationHost.MigrateAsync(services, token);
                var admin = new NewAdmin
                {
                    AdminEmail = parsed.GetRequiredValue(email),
                    AdminName = parsed.GetValue(name)!,
                    ReplaceKey = parsed.GetValue(replace),
                };
                await services.GetRequiredService<BootstrapAdmin>().RunAsync(admin, Console.Out, token);
            },
            cancellationToken,
            ownsOutput: true));
        return command;
    }

    /// <summary>Makes the administrator, or says who is there.</summary>
    /// <exception cref="InvalidOperationException">The address or the key is none.</exception>
    public async Task RunAsync(NewAdmin admin, TextWriter output, CancellationToken cancellationToken)
    {
        if (!admin.AdminEmail.Contains('@', StringComparison.Ordinal))
            throw new InvalidOperationException($"'{admin.AdminEmail}' is no email address.");
        if (admin.AdminKey is { } given && (!ApiKeySecret.IsWellFormed(given) || SecretStrength.WeaknessOf(given, ShortestKey) is not null))
            throw new InvalidOperationException(
                $"Bootstrap:AdminKey must be {ApiKeySecret.Prefix} and random characters, {ShortestKey} to 128 in all.");

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.Command("SELECT pg_advisory_xact_lock($1)", LockKey).RunAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        var present = await transaction.Command(FindSql, now, ApiKeySecret.Hash(DemoKey.Value))
            .FirstAsync(row => new AdminKey(row.GetGuid(0), row.GetString(1)), cancellationToken);
        if (present is not null && !admin.ReplaceKey)
        {
            await output.WriteLineAsync(
                $"There is an administrator already: {present.Email}. Nothing was changed. (--replace-key gives a new key for a lost one.)");
            return;
        }

        var key = admin.AdminKey ?? ApiKeySecret.New();
        var (hash, shown) = (ApiKeySecret.Hash(key), ApiKeySecret.Shown(key));
        await (present is null
            ? transaction.Command(
                MakeSql, Guid.CreateVersion7(now), admin.AdminEmail.Trim(), admin.AdminName, now, Guid.CreateVersion7(now), hash, shown)
            : transaction.Command(ReplaceSql, present.Id, hash, shown)).RunAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        await output.WriteLineAsync(
            present is null ? $"Made the administrator {admin.AdminEmail}." : $"The administrator {present.Email} has a new key.");
        await output.WriteLineAsync(
            admin.AdminKey is null ? $"The key, shown this once: {key}" : "The key is the one in Bootstrap:AdminKey.");
    }

    private sealed record AdminKey(Guid Id, string Email);
}
