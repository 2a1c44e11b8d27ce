using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Security;

namespace Switchboard.Migrations;

/// <summary>
/// <c>dotnet Migrations.dll re-encrypt</c>: encrypts by <c>Encryption:Key</c>, and as it is done today, what was encrypted otherwise. A
/// value that somebody else changes meanwhile is left to the next pass. A run that was ended goes on where it stopped, because what is done
/// is seen by how it begins.
/// </summary>
internal sealed class ReEncrypt(NpgsqlDataSource dataSource, SecretProtector secrets)
{
    private const int BatchSize = 500;
    private const string GrantPurpose = "CASE provider WHEN 'microsoft' THEN 'graph' ELSE provider END || '-refresh-token'";

    /// <summary>Every column that is encrypted, but for account_connections.code_verifier, which is over after ten minutes.</summary>
    public static IReadOnlyList<EncryptedColumn> Columns { get; } =
    [
        new("mailboxes", "refresh_token", "id::text", GrantPurpose),
        // as it was in mailboxes
        new("account_endings", "refresh_token", "account_id::text", GrantPurpose, BoundTo: "mailboxes"),
        Of(SecretColumn.PhoneCode, "id::text"),
        Of(SecretColumn.IdempotentAnswer, "user_id || '/' || key"),
        Of(SecretColumn.RecipientAddress, "id::text"),
        Of(SecretColumn.WebhookSecret, "id::text"),
        Of(SecretColumn.VapidKey, "id::text"),
        Of(SecretColumn.ProxyCredentials, "id::text"),
        Of(SecretColumn.SocialGrant, "id::text"),
        // as it was in social_accounts
        new("social_account_endings", "refresh_token", "account_id::text", $"'{SecretColumn.SocialGrant.Purpose}'", BoundTo: "social_accounts"),
        Of(SecretColumn.InstanceSecret, "server"),
    ];

    public static Command CreateCommand()
    {
        var oldKeys = new Option<string[]>("--old-key")
        {
            Description = "A former Encryption:Key, as a file that holds it or as Encryption__PreviousKeys__0 of the environment has it.",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "re-encrypt",
            "Encrypts every stored secret by Encryption__Key of the environment. Give the former key by --old-key; processes must know it as "
            + "Encryption__PreviousKeys__0 until this has ended. It may be ended at any time and run again.")
        {
            oldKeys,
        };
        command.SetAction((parsed, cancellationToken) => MigrationHost.RunAsync(
            (services, token) => services.GetRequiredService<ReEncrypt>().RunAsync(Console.Out, token),
            cancellationToken,
            ownsOutput: true,
            services => services.AddSecretProtector().AddSingleton<ReEncrypt>().Configure<EncryptionOptions>(options =>
            {
                foreach (var key in parsed.GetValue(oldKeys) ?? [])
                    options.PreviousKeys.Add(File.Exists(key) ? File.ReadAllText(key).Trim() : key);
            })));
        return command;
    }

    /// <summary>Encrypts what is to be, and says how far it has come.</summary>
    /// <exception cref="InvalidOperationException">Some of it cannot be decrypted; the rest is done.</exception>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var unreadable = 0;
        foreach (var column in Columns)
        {
            Pass pass;
            do
            {
                pass = await RunAsync(column, output, cancellationToken);
            }
            while (pass.Overtaken > 0);

            unreadable += pass.Unreadable;
        }

        if (unreadable > 0)
            throw new InvalidOperationException(
                $"{unreadable} values were encrypted by a key that is neither Encryption:Key nor an --old-key. They were left as they are.");
    }

    private async Task<Pass> RunAsync(EncryptedColumn column, TextWriter output, CancellationToken cancellationToken)
    {
        var pass = new Pass(0, 0, 0);
        await using var command = dataSource.Command(column.ReadSql, (object)secrets.CurrentPrefix);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var batch = new List<EncryptedValue>(BatchSize);
        bool more;
        do
        {
            more = await reader.ReadAsync(cancellationToken);
            if (more)
                batch.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3)));
            if (batch.Count < BatchSize && (more || batch.Count == 0))
                continue;
            pass = await ChangeAsync(column, batch, pass, cancellationToken);
            await output.WriteLineAsync($"{column.Table}.{column.Column}: {pass.Done} encrypted, {pass.Unreadable} not readable");
            batch.Clear();
        }
        while (more);

        await output.WriteLineAsync($"{column.Table}.{column.Column}: {(pass.Overtaken > 0 ? "once more" : "done")}");
        return pass;
    }

    private async Task<Pass> ChangeAsync(EncryptedColumn column, List<EncryptedValue> rows, Pass pass, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var row in rows)
        {
            var place = new SecretColumn(column.BoundTo ?? column.Table, column.Column, row.Purpose).PlaceOf(row.Id);
            if (Decrypt(row, place) is not { } plain)
                pass = pass with { Unreadable = pass.Unreadable + 1 };
            else if (await transaction.Command(column.ChangeSql, row.At, row.Value, secrets.Protect(plain, row.Purpose, place))
                .RunAsync(cancellationToken) == 0)
                pass = pass with { Overtaken = pass.Overtaken + 1 };
            else
                pass = pass with { Done = pass.Done + 1 };
        }

        await transaction.CommitAsync(cancellationToken);
        return pass;
    }

    private byte[]? Decrypt(EncryptedValue row, string place)
    {
        try
        {
            return secrets.UnprotectBytes(row.Value, row.Purpose, place);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static EncryptedColumn Of(SecretColumn column, string row) => new(column.Table, column.Column, row, $"'{column.Purpose}'");

    private sealed record EncryptedValue(string At, string Id, string Purpose, byte[] Value);

    private sealed record Pass(int Done, int Unreadable, int Overtaken);
}

/// <summary>A column that is encrypted.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="Row">SQL: what names a row.</param>
/// <param name="Purpose">SQL: what its value is for.</param>
/// <param name="BoundTo">The table to whose row its value is bound; null: its own.</param>
internal sealed record EncryptedColumn(string Table, string Column, string Row, string Purpose, string? BoundTo = null)
{
    /// <summary>The values that do not begin as they would today.</summary>
    public string ReadSql { get; } =
        $"SELECT ctid::text, {Row}, {Purpose}, {Column} FROM {Table} WHERE substring({Column} FROM 1 FOR octet_length($1)) <> $1";

    /// <summary>Changes a value that is still where and what it was.</summary>
    public string ChangeSql { get; } = $"UPDATE {Table} SET {Column} = $3 WHERE ctid = $1::tid AND {Column} = $2";
}
